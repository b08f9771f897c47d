"""The ladder: for every route, what outsiders get for what they may not know of is what anybody gets for nothing."""

from typing import Any

import pytest
from flask import g
from sqlalchemy import select

from portal.kernel.errors import Forbidden, NotFound, NotSignedIn
from portal.kernel.policy import READS, RULES, allowed, fetch
from tests.security import ladder
from tests.security.doors import Doors
from tests.security.estate import INSIDERS, OUTSIDERS

CLIENTS = ("petra", "mark", "rolf")
EVERYBODY = (*INSIDERS, "ada", "ravi", "otto")


def test_every_argument_has_a_thing(still: Doors) -> None:
    assert not ladder.unknown_arguments(still), "say in ladder.ARGUMENTS what of the estate stands for it"
    assert len(ladder.NOISE) + 2 <= 6


@pytest.mark.parametrize("who", [*OUTSIDERS, "bearer:otto"])
def test_outsiders_get_what_anybody_gets_for_nothing(shared: Doors, who: str) -> None:
    _walk(shared, who, "room")


@pytest.mark.parametrize("family", ["staff", "team note", "group", "removed", "shelf"])
@pytest.mark.parametrize("who", CLIENTS)
def test_clients_get_nothing_of_what_is_not_for_them(shared: Doors, who: str, family: str) -> None:
    _walk(shared, who, family)


@pytest.mark.parametrize("who", ["mona", "petra", "ravi", "otto"])
@pytest.mark.parametrize("family", ["community", "archive"])
def test_other_rooms(shared: Doors, who: str, family: str) -> None:
    _walk(shared, who, family)


@pytest.mark.parametrize(
    ("who", "family"),
    [("otto", "under other"), ("ravi", "under other"), ("rhea", "under side"), ("petra", "under topic"), ("mark", "under topic")],
)
def test_nothing_answers_under_the_address_of_another(shared: Doors, who: str, family: str) -> None:
    """Who may read both halves of an address gets nothing for a thing that is not in the place named before it."""
    _walk(shared, who, family)


def test_each_could_have_been_reached(still: Doors) -> None:
    """The positive control: for every route somebody of the cast is told that the thing is there."""
    for who in EVERYBODY:
        still.csrf(who)  # signed in before nothing stays
    with ladder.nothing_stays(still):
        unreachable = [str(call) for call in ladder.calls(still) if not ladder.reachable_by(still, call, EVERYBODY)]
    assert not unreachable, "\n".join(unreachable)


def _walk(doors: Doors, who: str, family: str) -> None:
    doors.client(who)
    before = doors.dump()
    findings = ladder.walk(doors, who, family, thoroughly=who in ("otto", "ravi"))
    assert not findings, "\n".join(findings)
    assert not ladder.changed(before, doors.dump())


def _forbidden_for_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hidden thing is answered with 403: its existence shows."""

    def leaky(actor: Any, verb: Any, id: str) -> Any:
        model = RULES[verb].model
        if actor.session.scalar(select(model).where(model.id == id)) is not None and not may_read(actor, model, id):
            raise Forbidden
        return fetch(actor, verb, id)

    monkeypatch.setattr("portal.web.endpoint.fetch", leaky)


def _raw_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come by their id alone."""

    def raw(actor: Any, verb: Any, id: str) -> Any:
        model = RULES[verb].model
        if (row := actor.session.scalar(select(model).where(model.id == id))) is None:
            raise NotFound
        return row

    monkeypatch.setattr("portal.web.endpoint.fetch", raw)


def _not_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks whether a thing is in the place that is named before it."""

    def loose(actor: Any, guard: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if not actor.person:
            raise NotSignedIn
        return arguments | {name: fetch(actor, verb, arguments[name]) for name, verb in guard.loads.items()}

    monkeypatch.setattr("portal.web.unit.loaded", loose)


def _telling_header(monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal of a thing that exists carries a header more."""

    def telling(actor: Any, verb: Any, id: str) -> Any:
        model = RULES[verb].model
        g.there = actor.session.scalar(select(model.pk).where(model.id == id)) is not None
        return fetch(actor, verb, id)

    monkeypatch.setattr("portal.web.endpoint.fetch", telling)
    monkeypatch.setattr("flask.wrappers.Response.vary", property(_Varying), raising=False)


class _Varying:
    def __init__(self, response: Any) -> None:
        self.response = response

    def add(self, name: str) -> None:
        self.response.headers["Vary"] = f"{name}{', There' if g.get('there') else ''}"


@pytest.mark.parametrize(
    ("plant", "who", "family"),
    [
        (_forbidden_for_hidden, "otto", "room"),
        (_raw_lookup, "otto", "room"),
        (_raw_lookup, "petra", "team note"),
        (_not_inside, "rhea", "under side"),
        (_telling_header, "ravi", "room"),
    ],
)
def test_the_judge_sees_planted_holes(fresh: Doors, monkeypatch: pytest.MonkeyPatch, plant: Any, who: str, family: str) -> None:
    some = [call for call in ladder.calls(fresh) if call.method == "GET"]
    monkeypatch.setattr(ladder, "calls", lambda doors, but=None: some)
    assert not ladder.walk(fresh, who, family)
    plant(monkeypatch)
    assert ladder.walk(fresh, who, family)


def may_read(actor: Any, model: Any, id: str) -> bool:
    return actor.session.scalar(allowed(actor, READS[model]).where(model.id == id)) is not None
