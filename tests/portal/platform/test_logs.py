"""Logs: one form, an id for each request, and no secret."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from portal.kernel import logs
from tests.cast import World
from tests.conftest import Door


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to stderr."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    logs.set_up("info")
    yield written
    structlog.reset_defaults()
    root.handlers[:], root.level = kept, level


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_secrets_are_masked_wherever_they_stand(lines: io.StringIO) -> None:
    secret = "4CeNtHQyW7ddlzSTgsAiFWvnNhSQaZLuk1NJE3dar84"
    log = structlog.get_logger("test")
    log.info("odd", token=secret, password=secret, path=f"/i/{secret}", url=f"https://x.example/sign-in/link/{secret}?token={secret}")
    logging.getLogger("some.library").error("Could not open https://x.example/i/%s", secret)
    try:
        raise ValueError(f"/sign-in/link/{secret}")
    except ValueError:
        log.exception("failed")
    assert len(read(lines)) == 3
    assert secret not in lines.getvalue()


def test_each_request_has_an_id_and_a_line_by_its_route(app: Flask, door: Door, world: object, lines: io.StringIO) -> None:
    client = door("petra")
    secret = "4CeNtHQyW7ddlzSTgsAiFWvnNhSQaZLuk1NJE3dar84"
    answer = client.get(f"/i/{secret}?token={secret}")
    told = [line for line in read(lines) if line["event"] == "request"][-1]
    assert answer.headers["X-Request-Id"] == told["request"]
    assert told["method"] == "GET"
    assert told["status"] == answer.status_code
    assert secret not in lines.getvalue()


def test_a_visitor_does_not_choose_the_id(door: Door) -> None:
    answer = door("nobody").get("/healthz", headers={"X-Request-Id": "forged"})
    assert answer.headers["X-Request-Id"] != "forged"


FORGED = 'x\r\n{"event": "request"}\x1b[2K\x1b]0;title\x07\u202egnp.exe\u2028\x00'


def test_what_people_send_makes_no_line_of_its_own(lines: io.StringIO) -> None:
    """As JSON: one line each, and nothing in it that a terminal would act on."""
    structlog.get_logger("test").warning("odd", said=FORGED)
    logging.getLogger("some.library").error("Could not read %s", FORGED)
    assert [entry.get("said", FORGED) for entry in read(lines)] == [FORGED, FORGED]
    assert lines.getvalue().isascii()
    assert all(each == "\n" or each.isprintable() for each in lines.getvalue())


def test_nor_on_a_terminal(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr", lines)
    logs.set_up("info")
    structlog.get_logger("test").warning("odd", said=FORGED)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", lines.getvalue())  # the colours are ours
    assert plain.count("\n") == 1
    assert all(each == "\n" or each.isprintable() for each in plain), plain


def test_each_denied_call_is_a_line_with_who_what_where_and_when(door: Door, world: World, lines: io.StringIO) -> None:
    client = door("otto")
    assert client.get("/me/settings/profile").status_code == 200
    client.get(f"/w/{world.ids['room']}/")
    client.post("/admin/people/new", data={})
    door("nobody").get("/me/settings/profile")
    denied = [line for line in read(lines) if line["event"] == "denied"]
    asked = [(line["status"], line["method"], line["route"], line["person"]) for line in denied]
    assert asked[0] == (404, "GET", "/w/<ref:workspace>/", world.ids["otto"])
    assert asked[-1][0] == 401
    for line in denied:
        assert line["address"] == "127.0.0.1"
        assert str(line["timestamp"]).endswith("Z")
        assert line["request"]
