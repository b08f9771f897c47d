"""Logs: one form, an id for each request, and no secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask

from portal.kernel import logs
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
