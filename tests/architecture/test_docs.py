"""What an operator or a programmer relies on is written down: settings, commands, routes, live events."""

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from flask import Flask

import wsgi
from portal.kernel.settings import Settings
from portal.web import realtime
from tests.architecture.sources import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
SPOKEN = re.compile(r"^\| ([A-Z, ]+) \| `(/[^`]+)` \| (.+) \|$", re.MULTILINE)


def test_every_setting_is_documented_and_no_other() -> None:
    known = {f"MAINSTAY_{each.name.upper()}" for each in fields(Settings)}
    assert set(re.findall(r"^\| `(MAINSTAY_[A-Z_]+)`", OPERATING, re.MULTILINE)) == known


def test_every_command_is_documented_and_no_other() -> None:
    known = {" ".join(("mainstay", *path)) for each in wsgi.COMMANDS for path in paths(each)}
    assert set(re.findall(r"^\| `(mainstay [a-z\- ]+)` \|", OPERATING, re.MULTILINE)) == known


def test_every_option_of_serve_is_documented() -> None:
    serve = next(each for each in wsgi.COMMANDS if each.name == "serve")
    missing = [option for parameter in serve.params for option in parameter.opts if f"`{option}`" not in OPERATING]
    assert missing == []


def test_every_route_of_the_api_is_documented_and_no_other(app: Flask) -> None:
    known = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and rule.methods:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix("/api/v1")
            known |= {(method, path) for method in rule.methods - {"HEAD", "OPTIONS"}}
    written = {(method, path) for methods, path, _says in SPOKEN.findall(API) for method in methods.split(", ")}
    assert written == known


def test_every_live_event_is_documented(app: Flask) -> None:
    said = set(re.findall(r"^\| `([a-z.]+)` \|", API, re.MULTILINE))
    assert set(realtime.HANDLERS) | {made.name for made in realtime.LIVE.values()} <= said


@pytest.mark.parametrize("path", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"], ids=lambda path: path.name)
def test_every_link_leads_somewhere(path) -> None:  # type: ignore[no-untyped-def]
    for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text()):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / target).exists(), f"{path.name} points at {target}"


def paths(command: click.Command) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from ((str(command.name), *rest) for rest in paths(each))
    else:
        yield (str(command.name),)
