"""What people, operators and programmers rely on is written down, and what is written down is there."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest
from flask import Flask

import wsgi
from portal.kernel.events import KINDS
from portal.kernel.settings import Settings
from portal.web import realtime, watching
from tests.architecture.sources import ROOT

OPERATING = (ROOT / "docs" / "operating.md").read_text()
API = (ROOT / "docs" / "api.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md"]
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
USUAL = {"srv", "etc", "usr", "var", "opt", "home"}  # where installations lie that a page may speak of
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
    assert set(realtime.HANDLERS) | {made.name for made in watching.LIVE.values()} <= said


def test_every_kind_of_the_trail_is_documented_and_no_other() -> None:
    trail = API[API.index("### The trail") : API.index("## Live events")]
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", trail)) == set(KINDS)


@each_page
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", path.read_text()):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        there = path.parent / target if target else path
        assert there.exists(), f"{path.name} points at {target}"
        assert not anchor or anchor in headings(there), f"{path.name} points at {target}#{anchor}"


@each_page
def test_every_page_is_reached_from_the_readme(path: Path) -> None:
    assert path.name == "README.md" or path.parent.name == "decisions" or path in linked(ROOT / "README.md")


@each_page
def test_make_and_mainstay_are_called_as_they_are(path: Path) -> None:
    text = path.read_text()
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    groups = {str(each.name) for each in wsgi.COMMANDS}
    assert set(re.findall(r"(?:`|bin/)mainstay ([a-z]+)", text)) <= groups


@each_page
def test_every_test_and_module_that_is_named_exists(path: Path) -> None:
    text = path.read_text()
    known = set(re.findall(r"def (test_\w+)", "".join(each.read_text() for each in (ROOT / "tests").rglob("test_*.py"))))
    assert set(re.findall(r"`(test_\w+)`", text)) <= known
    named = re.findall(r"`((?:tests|portal|workspaces|search|bench|static|migrations|templates)/[\w./-]*)`", text)
    assert [each for each in named if not (ROOT / each).exists()] == []


@each_page
def test_nothing_of_one_machine_or_of_other_peoples_hosts(path: Path) -> None:
    text = path.read_text()
    own = ROOT.parts[1]
    assert str(ROOT) not in text
    assert own in USUAL or f"/{own}/" not in text
    assert not re.search(r"/(?:tmp|root|Users)/", text)
    hosts = set(re.findall(r"https?://([\w.-]+)", text))
    assert {each for each in hosts if not re.fullmatch(r"127\.0\.0\.1|localhost|(?:[\w-]+\.)*example(?:\.com)?", each)} == set()


def headings(page: Path) -> set[str]:
    """The anchors of a page: its headings, as they are linked to."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in found}


def linked(page: Path, seen: set[Path] | None = None) -> set[Path]:
    """Every page that can be reached by links."""
    seen = seen if seen is not None else set()
    for target in re.findall(r"\]\(([^)#\s]+\.md)(?:#[^)]*)?\)", page.read_text()):
        there = (page.parent / target).resolve()
        if there not in seen and there.exists():
            seen.add(there)
            linked(there, seen)
    return seen


def paths(command: click.Command) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from ((str(command.name), *rest) for rest in paths(each))
    else:
        yield (str(command.name),)
