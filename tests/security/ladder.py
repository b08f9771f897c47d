"""Every route that names an object, made from the URL map: what each person gets who may not know of the object.

The expectation comes from the guard and the matrix: whoever may neither do what the route requires nor read the object must get what
anybody gets for an id that is nothing, to the byte. A new route is walked the day it exists; a new argument must be named in ARGUMENTS.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.kernel.ids import new_id
from portal.kernel.policy import READS, RULES, may
from portal.web.endpoint import Guard, guard_of
from tests.security.doors import Doors

# The argument of a URL -> the thing of the estate that stands for it. A family replaces some of them.
ARGUMENTS = {
    "account": "calder",
    "captured": "captured",
    "contact": "contact",
    "copy": "copy",
    "delivery": "rhea_delivery",
    "entry_request": "proposed_request",
    "file": "file",
    "flag": "flag",
    "folder": "folder",
    "forum": "general",
    "group": "group",
    "handover": "done_handover",
    "held": "held",
    "held_file": "held_file",
    "link": "link",
    "introduction": "circle_introduction",
    "invitation": "invitation",
    "note": "note",
    "notice": "notice",
    "other": "otway",
    "person": "petra",
    "placement": "placement",
    "plan_item": "plan_item",
    "post": "asked_post",
    "reference": "reference",
    "reference_request": "reference_request",
    "promise": "promise",
    "ruling": "ruling",
    "run": "import",
    "sign_in": "rhea_sign_in",
    "token": "rhea_token",
    "draft_file": "draft_file",
    "topic": "topic",
    "transfer": "transfer",
    "upload": "upload",
    "version": "file_version",
    "webhook": "rhea_webhook",
    "word": "name",
    "workspace": "room",
}
FAMILIES: dict[str, dict[str, str]] = {
    "room": {},
    "staff": {"topic": "staff_topic", "post": "post_in_staff", "forum": "backstage", "folder": "safe", "file": "safe_file",
              "version": "safe_file_version"},
    "shelf": {"workspace": "shelf", "folder": "shelf_folder", "file": "shelf_file"},
    "team note": {"post": "team_note", "file": "note_file", "promise": "note_promise"},
    "asked": {"promise": "their_promise"},
    "held letter": {"captured": "held_letter"},
    "group": {"topic": "group_topic", "post": "post_in_group", "forum": "inner", "folder": "inner_folder", "file": "inner_file",
              "held": "inner_held", "promise": "inner_promise"},
    "removed": {"topic": "removed_topic", "post": "post_in_removed", "forum": "removed_forum", "folder": "removed_folder",
                "file": "removed_file", "note": "removed_note", "word": "removed_name", "plan_item": "removed_plan_item",
                "contact": "merged_contact", "sign_in": "ended_sign_in"},
    "merged": {"topic": "merged_topic"},
    "film": {"file": "film"},
    "community": {"workspace": "circle", "topic": "circle_topic", "post": "circle_post", "forum": "circle_forum",
                  "folder": "circle_folder", "plan_item": "circle_plan_item", "promise": "circle_promise"},
    "archive": {"workspace": "archive", "topic": "archive_topic", "post": "archive_post", "forum": "archive_forum",
                "folder": "archive_folder", "file": "archive_file", "plan_item": "archive_plan_item",
                "held": "refused_held", "promise": "archive_promise"},
    "tombstone": {"post": "gone_post", "file": "picture"},
    "other": {"workspace": "other", "topic": "other_topic", "post": "other_post", "forum": "other_forum", "folder": "other_folder",
              "file": "other_file", "account": "otway", "note": "other_note", "plan_item": "other_plan_item"},
    "side": {"workspace": "side", "topic": "side_topic", "forum": "side_forum", "folder": "side_folder", "plan_item": "side_plan_item"},
    # Somebody else's thing under an address of one's own.
    "under other": {"workspace": "other", "account": "otway"},
    "under side": {"workspace": "side"},
    "under topic": {"topic": "locked_topic"},
}  # fmt: skip
PAGE = "001"  # a number that is in no address but this
FILLERS = {"page": PAGE, "digest": "x", "name": "x", "emoji": "helpful"}  # arguments that name no object
SAFE = ("GET", "HEAD")
SHORT, FULL = frozenset({"HEAD", "OPTIONS"}), frozenset({"OPTIONS"})  # left out: HEAD is GET without a body
KNOWN = frozenset({400, 403, 409, 410, 412, 413, 415, 422, 429})  # below 400 too: an answer that says the thing is there


@dataclass(frozen=True)
class Call:
    """One route by one method."""

    rule: Rule
    method: str
    guard: Guard = field(compare=False)

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def calls(doors: Doors, but: frozenset[str] = SHORT) -> list[Call]:
    """Every route that names objects, by every method it answers; public ones show what anybody may have or take a secret."""
    found = []
    for rule in doors.app.url_map.iter_rules():
        guard = guard_of(doors.app, rule.endpoint)
        if rule.arguments and guard is not None and not guard.public:
            found += [Call(rule, method, guard) for method in sorted((rule.methods or set()) - but)]
    return found


def unknown_arguments(doors: Doors) -> set[str]:
    """Arguments that nobody has said the meaning of."""
    named = {name for rule in doors.app.url_map.iter_rules() for name in rule.arguments}
    return named - ARGUMENTS.keys() - FILLERS.keys()


def ids_for(doors: Doors, call: Call, family: str) -> dict[str, str]:
    things = ARGUMENTS | FAMILIES[family]
    if "workspace" not in call.rule.arguments:
        things["person"] = "rhea"  # pages about people outside of a workspace are about staff
    if "introduction" in call.rule.arguments and not family.startswith(("under", "shelf")):
        things["workspace"] = "circle"  # there are introductions in communities alone
    return {name: FILLERS.get(name) or doors.world.ids[things[name]] for name in call.rule.arguments}


def touches(call: Call, family: str) -> bool:
    """Whether a family makes another request of this route than the plain one does."""
    named = FAMILIES[family].keys() & call.rule.arguments
    if family.startswith("under"):
        return bool(named) and re.findall(r"<(?:[a-z]+:)?(\w+)>", call.rule.rule)[-1] not in named
    return family == "room" or bool(named)


def hidden_arguments(doors: Doors, who: str, call: Call, family: str) -> set[str]:
    """The arguments whose rows this person may neither act on nor read."""
    hidden = set()
    things = ARGUMENTS | FAMILIES[family]
    if "workspace" not in call.rule.arguments:
        things["person"] = "rhea"
    with doors.acting(who) as actor:
        for name, verb in call.guard.loads.items():
            model = RULES[verb].model
            row = actor.session.get_one(model, doors.world.pks[things[name]])
            if not may(actor, verb, row) and not may(actor, READS[model], row):
                hidden.add(name)
    return hidden


def send(doors: Doors, who: str, call: Call, ids: dict[str, str]) -> TestResponse:
    """Ask as a page or a script of ours would, with everything but sense in the body."""
    client, address, more = doors.client(who), address_of(call, ids), dict[str, Any]()
    if address.startswith("/api/") and call.method not in SAFE:
        more = {"json": {}, "headers": {} if "HTTP_AUTHORIZATION" in client.environ_base else {"X-CSRFToken": doors.csrf(who)}}
    elif call.method not in SAFE:
        more = {"data": {"csrf_token": doors.csrf(who)}}
    told = client.open(address, method=call.method, **more)
    told.get_data()
    told.close()
    return told


def address_of(call: Call, ids: dict[str, str]) -> str:
    """The path of a route; every route is walked without the words after an id."""
    path = call.rule.rule
    for name, id in ids.items():
        path = re.sub(rf"<(?:[a-z]+:)?{name}>", id, path)
    return path


def walk(doors: Doors, who: str, family: str, *, thoroughly: bool = False) -> list[str]:
    """What this person is told of hidden things, as lines to read; an empty list is as it should be.

    An answer that is what they get for nothing elsewhere is believed, `thoroughly` is to ask each route for nothing too.
    """
    findings = []
    for call in calls(doors, FULL if who == "bearer:otto" else SHORT):
        if not touches(call, family):
            continue
        ids, hidden = ids_for(doors, call, family), hidden_arguments(doors, who, call, family)
        if not hidden and not family.startswith("under"):
            continue
        told = send(doors, who, call, ids)
        if not refused(told):
            findings.append(f"{call} by {who}: {told.status_code}")
        elif hidden and (thoroughly or masked(told, ids) != _usual(doors, who, call)):
            random = ids | {name: new_id() for name in hidden}
            findings += [f"{call} by {who}: {each}" for each in differences(told, ids, send(doors, who, call, random), random)]
    return findings


def _usual(doors: Doors, who: str, call: Call) -> bytes:
    """What this person gets for an id that is nothing at the simplest route of the kind."""
    kind = call.method, call.rule.rule.startswith("/api/")
    if (who, *kind) not in doors.usual:
        rule = "/api/v1/forums/<forum>" if kind[1] else "/w/<ref:workspace>/" if call.method in SAFE else "/w/<ref:workspace>/archive"
        simplest = next(each for each in doors.app.url_map.iter_rules() if each.rule == rule)
        ids = dict.fromkeys(simplest.arguments, new_id())
        doors.usual[who, *kind] = masked(send(doors, who, Call(simplest, call.method, call.guard), ids), ids)
    return doors.usual[who, *kind]


def refused(told: TestResponse) -> bool:
    """404, or 403 where an id does not matter any more, or signed out: 401 or the way to the sign-in page."""
    to_sign_in = told.status_code == 303 and told.headers["Location"].startswith("/sign-in?")
    return told.status_code in (401, 403, 404) or to_sign_in


NOISE = (  # the fixed list of what may differ between two answers to the same question
    (re.compile(rb"nonce-[\w-]+|nonce=\"[\w-]+\""), b"NONCE"),
    (re.compile(rb"(csrf[-_]token\"[^>]{0,40}(?:value|content)=)\"[\w.-]+\""), rb"\1CSRF"),
    (re.compile(rb"(name=\"idempotency_key\" value=)\"\w+\""), rb"\1KEY"),
    (re.compile(rb"X-Request-Id: \w+"), b"X-Request-Id: ID"),
)  # and: Set-Cookie (the signed session), and the ids of the address, where an answer repeats it


def masked(told: TestResponse, ids: dict[str, str]) -> bytes:
    """Status, headers and body without the noise."""
    headers = sorted(f"{name}: {value}" for name, value in told.headers.items() if name != "Set-Cookie")
    whole = f"{told.status}\n".encode() + "\n".join(headers).encode() + b"\n\n" + told.get_data()
    for name, id in ids.items():
        whole = whole.replace(id.encode(), f"<{name}>".encode())
    for pattern, shown in NOISE:
        whole = pattern.sub(shown, whole)
    return whole


def differences(one: TestResponse, its: dict[str, str], other: TestResponse, others: dict[str, str]) -> list[str]:
    a, b = masked(one, its), masked(other, others)
    if a == b:
        return []
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return [f"differs from a random id at byte {at}: {a[max(0, at - 60) : at + 60]!r} | {b[max(0, at - 60) : at + 60]!r}"]


def reachable_by(doors: Doors, call: Call, people: tuple[str, ...]) -> str:
    """The first of these people who gets an answer that says the thing is there; '' for none, or a crash. Bodies are empty."""
    for family in ("room", "removed", "tombstone", "film"):
        for who in people if touches(call, family) else ():
            told = send(doors, who, call, ids_for(doors, call, family))
            if told.status_code >= 500:
                return ""
            if (told.status_code < 400 and not refused(told)) or told.status_code in KNOWN:
                return who
    return ""


@contextmanager
def nothing_stays(doors: Doors) -> Iterator[None]:
    """Within the block every write is taken back at its end, so that one world serves all questions."""
    db = doors.house.db
    kept = db.writing

    @contextmanager
    def writing() -> Iterator[Session]:
        with Session(db._writing, expire_on_commit=False) as session:
            yield session
            session.flush()
            session.expunge_all()  # rows stay readable, as after a commit
            session.rollback()

    db.writing = writing  # type: ignore[method-assign]
    try:
        yield
    finally:
        db.writing = kept  # type: ignore[method-assign]


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """The tables whose rows are others."""
    return [table for table in before if before[table] != after[table]]
