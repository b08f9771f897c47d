"""Questions that are kept: they hold nothing of whoever they were built for, and are forgotten when a rule changes."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, true
from sqlalchemy.sql import visitors

from portal.kernel import prepared
from portal.kernel.actor import Actor
from portal.kernel.audiences import HOLDS, STANDINGS
from portal.kernel.clock import now, standing_at
from portal.kernel.policy import RULES, allowed, condition, fetch, may
from portal.people.models import Person
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Pause

KINDS = [
    prepared.Kind(staff, admin, manager, account, None, knows)
    for staff, admin, manager, account in [
        (True, True, False, False),
        (True, False, True, False),
        (True, False, False, False),
        (False, False, False, True),
        (False, False, False, False),
    ]
    for knows in (frozenset({HOLDS, *STANDINGS}), frozenset())
]
ABOUT_ROWS = sorted((verb for verb in RULES if RULES[verb].model is not None), key=str)


@pytest.mark.parametrize("verb", ABOUT_ROWS, ids=str)
def test_a_kept_rule_holds_nobody_and_no_moment(verb):
    """Numbers of people, audiences and the like, and moments, are put in when it is asked."""
    for kind in KINDS:
        built = condition(prepared._stand_in(kind), verb)
        kept = [each for each in visitors.iterate(select(true()).where(built)) if each.__visit_name__ == "bindparam"]
        values = [value for each in kept for value in (each.value if isinstance(each.value, list) else [each.value])]
        assert not [value for value in values if isinstance(value, datetime | date | float)], "use present(): this one would stand still"
        assert not [value for value in values if type(value) is int and value > 1], "whose number is this?"


@pytest.mark.parametrize("verb", ABOUT_ROWS, ids=str)
def test_kept_and_built_anew_say_the_same_to_readers(house, world, verb):
    """Every one of the cast, about every row; readers ask with what they hold looked up before."""
    model = RULES[verb].model
    with house.db.reading() as session:
        rows = list(session.scalars(select(model)))
        for person in session.scalars(select(Person)):
            actor = Actor(session, person)
            anew = set(session.scalars(allowed(actor, verb).with_only_columns(model.pk)))
            assert {row.pk for row in rows if may(actor, verb, row)} == anew, person.name


def test_a_rule_that_looks_at_more_of_somebody_is_not_kept(acting, world, monkeypatch):
    rule = RULES[May.READ_TOPIC]
    monkeypatch.setitem(RULES, May.READ_TOPIC, replace(rule, condition=lambda actor: Topic.title == actor.person.name))
    with acting("rhea") as rhea, pytest.raises(AttributeError):
        fetch(rhea, May.READ_TOPIC, world.ids["topic"])


def test_a_question_that_looks_at_the_clock_is_not_kept(acting):
    @prepared.prepared
    def since(actor, *, id):
        return select(Topic).where(Topic.id == id, Topic.created_at > now())

    with acting("rhea") as rhea, pytest.raises(RuntimeError, match="present"):
        since(rhea, id="x")


def test_another_rule_is_asked_at_once(acting, world, monkeypatch):
    with acting("rhea") as rhea:
        topic = fetch(rhea, May.READ_TOPIC, world.ids["topic"])
        assert may(rhea, May.READ_TOPIC, topic)
        monkeypatch.setitem(RULES, May.READ_TOPIC, replace(RULES[May.READ_TOPIC], condition=lambda actor: False))
        assert not may(rhea, May.READ_TOPIC, topic)
        monkeypatch.undo()
        assert may(rhea, May.READ_TOPIC, topic)


def test_somebody_suspended_meanwhile_may_nothing(acting, world):
    with acting("rhea") as rhea:
        topic = fetch(rhea, May.READ_TOPIC, world.ids["topic"])
        rhea.person.suspended_at = now()
        assert not may(rhea, May.READ_TOPIC, topic)


def test_a_kept_question_asks_by_the_clock_of_the_moment(acting, world):
    with acting("rhea") as rhea:
        petra = Actor(rhea.session, rhea.session.get_one(Person, world.pks["petra"]))
        topic = rhea.session.get_one(Topic, world.pks["topic"])
        assert may(petra, May.POST_MESSAGE, topic)
        until = now() + timedelta(hours=1)
        pause = Pause(workspace_pk=topic.workspace_pk, person_pk=petra.pk, until=until, by_pk=rhea.pk, reason="")
        petra.session.add(pause)
        assert not may(petra, May.POST_MESSAGE, topic)
        with standing_at(until + timedelta(seconds=1)):
            assert may(petra, May.POST_MESSAGE, topic)
        assert not may(petra, May.POST_MESSAGE, topic)
