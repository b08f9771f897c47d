"""Bad input everywhere, generated from the URL map: never an error of ours, words at the field, nothing changed, nothing comes alive.

MAINSTAY_TEST_SCALE tries more of it: at 1 each route gets some of every kind of badness, and every kind some routes.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from portal.kernel import markdown
from tests.security import hostile, ladder
from tests.security.doors import Doors
from tests.security.inert import FIXTURE, alive
from tests.security.ladder import Call

SCALE = int(os.environ.get("MAINSTAY_TEST_SCALE", "1"))
DATA = os.environ.get("MAINSTAY_TEST_DATA")
UNREADY = "/readyz"  # the estate has tables, and no revision of them


@pytest.fixture(scope="module")
def doors(shared: Doors) -> Doors:
    for who in hostile.PEOPLE:
        shared.csrf(who)  # signed in before nothing stays
    return shared


def turned(values: tuple[Any, ...], n: int, some: int) -> list[Any]:
    """Some of the values, others for each n, all of them over many."""
    some = min(len(values), some * SCALE)
    return [values[(n * some + k) % len(values)] for k in range(some)]


def fault(call: Call, what: object, told: TestResponse) -> list[str]:
    """What is wrong with an answer to something wrong."""
    said = f"{call} {str(what)[:100]!r}: {told.status_code}"
    if told.status_code >= 500:
        return [said]
    if told.status_code == 422 and call.rule.rule.startswith("/api/"):
        errors = json.loads(told.data).get("errors")
        return [] if errors and all(each["message"] for each in errors) else [f"{said} without words"]
    return []


def test_bodies_that_are_none(doors: Doors) -> None:
    """What is refused has changed nothing, what some act does not look at does no harm."""
    found, refused = [], 0
    for n, call in enumerate(hostile.calls(doors, unsafe=True)):
        with ladder.nothing_stays(doors):
            who = hostile.sender(doors, call)
            answers = [(each, hostile.send(doors, who, call, raw=each[1:])) for each in turned(hostile.RAW, n, 3)]
        found += [line for each, told in answers for line in fault(call, each[0], told)]
        if n % 6 == 0 and (bad := [each for each, told in answers if told.status_code >= 400]):
            refused += 1
            before = doors.dump()
            for each in bad:
                hostile.send(doors, who, call, raw=each[1:])
            found += [f"{call} was refused and changed {table}" for table in ladder.changed(before, doors.dump())]
    assert not found, "\n".join(found)
    assert refused > 10, "next to nothing was refused"


def test_one_bad_field_among_good_ones(doors: Doors) -> None:
    found, turn, acted = [], 0, 0
    with ladder.nothing_stays(doors), hostile.listening(doors):
        for call in hostile.calls(doors, unsafe=True):
            who = hostile.sender(doors, call)
            fields = hostile.names(doors, who, call, form={})
            fields = sorted({*fields, *hostile.names(doors, who, call, form=hostile.good(fields))})
            good = hostile.good(fields)
            acted += hostile.send(doors, who, call, form=good).status_code < 400
            for field in fields:
                for value in turned(hostile.TEXTS, turn, 1) + turned(hostile.VALUES, turn, 1):
                    found += fault(call, {field: value}, hostile.send(doors, who, call, form=good | {field: value}))
                turn += 1
    assert not found, "\n".join(found)
    assert turn > 150, "the fields that routes ask for were not learnt"
    assert acted > 30, "the good fields are good for too little"


def test_addresses_that_ask_for_nonsense(doors: Doors) -> None:
    found, asked = [], 0
    with hostile.listening(doors):
        for n, call in enumerate(hostile.calls(doors, unsafe=False)):
            who = "nobody" if call.guard.public else "ada" if "/admin" in call.rule.rule else "rhea"
            names = hostile.names(doors, who, call)
            asked += len(names)
            for k, name in enumerate([*names, "cursor"]):
                for value in turned(hostile.TEXTS[:-1], n * 7 + k, 1):
                    told = hostile.send(doors, who, call, query={name: [value, "twice"] if k % 3 == 0 else value})
                    found += fault(call, {name: value}, told) if call.rule.rule != UNREADY else []
    assert not found, "\n".join(found)
    assert asked > 60, "what addresses can ask for was not learnt"


def payloads() -> list[str]:
    """Our own list, and the published ones where they are at hand."""
    found = list(FIXTURE)
    if DATA:
        folder = Path(DATA) / "hostile-strings"
        found += json.loads((folder / "blns.json").read_text())
        found += (folder / "xss-payloads-300.txt").read_text(errors="replace").splitlines()
    return [each for each in found if each.strip()]


def test_nothing_comes_alive_in_markdown() -> None:
    for payload in payloads():
        for body in (
            payload,
            f"[words]({payload})",
            f"![words]({payload})",
            f"<{payload}>",
            f"```{payload}\nx\n```",
            f"@[{payload}]({'0' * 22})",
        ):
            assert not alive(markdown.render(body), page=False), body


def test_nothing_comes_alive_on_pages(doors: Doors) -> None:
    """What people typed everywhere, shown everywhere."""
    told = payloads()
    few = list(FIXTURE) + told[len(FIXTURE) :: max(1, len(told) // (10 * SCALE))]
    written, found = 0, []
    for n, payload in enumerate(few):
        made = _write(doors, n, payload)
        written += len(made)
        for who, shown in {"rhea": made[n % 3 :: 3], "petra": made[:1]}.items():
            more = [*_search(payload), *_lists(doors)] if n % 8 == 0 else []
            for address, query in [(each, {}) for each in shown] + more:
                page = doors.client(who).get(address, query_string=query)
                assert page.status_code < 500, address
                if page.mimetype == "text/html":
                    found += [f"{address} {query} {who}: {each}" for each in alive(page.get_data(as_text=True))]
    assert written > 3 * len(few), "next to nothing of it was taken"
    assert not found, "\n".join(found[:20])


def test_the_judge_sees_what_is_alive() -> None:
    for active in (
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<a href=' java\tscript:alert(1)'>x</a>", "<iframe src=/x></iframe>",
        "<base href=//evil>", "<form action=https://evil.example></form>", "<p style='background:url(//evil)'>", "<svg><animate onbegin=x>",
        "<meta http-equiv=refresh content=0>", "<img src=//evil.example/x.png>", "<script src=//evil.example nonce=x></script>",
    ):  # fmt: skip
        assert alive(active), active
        assert alive(active, page=False), active
    assert not alive('<p>1 &lt; 2 <a href="https://x.example" rel="noopener">x</a> <code>onclick=</code></p>', page=False)


def _write(doors: Doors, n: int, payload: str) -> list[str]:
    """Type it into everything that makes something; the addresses of what was made. What is refused is refused in words."""
    ids, line = doors.world.ids, payload.replace("\n", " ")
    made = []
    wishes: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"forums/{ids['general']}/topics", {"title": line[:160], "body": payload, "kind": "discussion", "tags": [line[:30]]}),
        ("POST", f"workspaces/{ids['room']}/folders", {"name": f"{line[:70]} {n}"}),
        ("PATCH", f"files/{ids['file']}", {"name": f"{line[:100]}"}),
        ("POST", f"accounts/{ids['calder']}/contacts", {"name": line[:100], "title": line[:100], "tags": [line[:30]]}),
        ("POST", f"accounts/{ids['calder']}/notes", {"body": payload, "kind": "call"}),
        ("PATCH", f"accounts/{ids['calder']}", {"about": payload, "website": line[:200], "industry": line[:80], "tags": [line[:30]]}),
        ("PATCH", f"workspaces/{ids['room']}", {"purpose": line[:200], "title": line[:100]}),
        ("PATCH", f"forums/{ids['general']}", {"description": line[:200]}),
        ("POST", f"workspaces/{ids['room']}/groups", {"name": f"{line[:70]} {n}"}),
        ("POST", f"workspaces/{ids['room']}/invitations", {"email": f"n{n}@calder.example", "role": "member", "note": payload}),
    ]
    for method, path, wish in wishes:
        told = doors.client("rhea").open(f"/api/v1/{path}", method=method, json=wish, headers={"X-CSRFToken": doors.csrf("rhea")})
        assert told.status_code in (200, 201, 422), (path, payload, told.status_code)
        said = json.loads(told.data)
        if told.status_code == 422:
            assert all(each["message"] for each in said["errors"])
        elif url := said.get("url"):
            made.append(url)
    return made


def _search(payload: str) -> list[tuple[str, dict[str, str]]]:
    return [("/search", {"q": payload[:200]}), ("/search", {"q": "x", "kind": payload[:50], "in": payload[:50], "sort": payload[:50]})]


def _lists(doors: Doors) -> list[tuple[str, dict[str, str]]]:
    room, account = f"/w/{doors.world.ids['room']}/", f"/accounts/{doors.world.ids['calder']}"
    found = [room, "/today", "/w/", "/accounts", account, f"{account}/trail", f"{account}/people", "/me/notifications", "/me/drafts",
             *(room + each for each in ("discussions", "files/", "people", "groups", "settings", "invitations", "forums"))]  # fmt: skip
    return [(each, {}) for each in found]
