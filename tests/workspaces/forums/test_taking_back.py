"""Sending is undone within ten seconds: no line, no letter, and the words are a draft again."""

import mailbox
import re
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.kernel.events import Event
from portal.notices.models import Notice
from tests.conftest import csrf_of, post
from tests.workings import drain
from workspaces.forums import actions
from workspaces.forums.models import Post, Topic


@pytest.fixture
def topic(world):
    return f"/w/{world.ids['room']}/discussions/{world.ids['topic']}"


@pytest.fixture
def quiet(house):
    drain(house)
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        drain(house)
    with house.db.writing() as session:
        for notice in session.scalars(select(Notice)):
            session.delete(notice)
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    box.clear()
    box.flush()


def mailed(house, moment):
    """The text of every letter that has gone out by then."""
    with clock.standing_at(moment):
        drain(house)
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    letters = [mailbox.email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]  # noqa: SIM118 - a mailbox iterates over its letters
    return [letter.get_body(("plain",)).get_content() for letter in letters]


def test_what_was_sent_is_taken_back_without_a_trace_for_readers(door, house, acting, world, topic, quiet):
    client, began = door("petra"), clock.now()
    with clock.standing_at(began):
        assert post(client, f"{topic}/posts", body="Our limit is fifty, oh no").status_code == 303
        page = client.get(topic).get_data(as_text=True)
        undo = re.search(r'action="([^"]+/take-back)" data-undo', page)[1]
        drain(house)
    with clock.standing_at(began + timedelta(seconds=9)):
        for who, status in (("rhea", 403), ("rolf", 403), ("otto", 404)):
            assert post(door(who), undo).status_code == status
        assert post(client, undo).status_code == 303
        assert post(client, undo).status_code == 410
        for who in ("rolf", "rhea"):
            shown = door(who).get(topic).get_data(as_text=True)
            assert "Our limit" not in shown
            assert "Removed by its author" not in shown
        assert "Our limit is fifty, oh no</textarea>" in client.get(topic).get_data(as_text=True)
    assert not any("limit" in text for text in mailed(house, began + timedelta(minutes=10)))
    with acting("rhea") as rhea:
        kinds = rhea.session.scalars(
            select(Event.kind).where(Event.actor_pk == world.pks["petra"]).order_by(Event.pk.desc()).limit(2)
        ).all()
        assert kinds == ["post.removed", "post.created"]


def test_later_it_is_a_removal_that_says_so(door, acting, world, topic):
    began = clock.now()
    with clock.standing_at(began), acting("petra") as petra:
        sent = actions.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Long ago")
        actions.keep_draft(petra, place=f"topic:{world.ids['topic']}", body="Begun meanwhile")
    with clock.standing_at(began + timedelta(seconds=11)):
        assert post(door("petra"), f"{topic}/posts/{sent.id}/take-back").status_code == 303
        assert "Removed by its author" in door("rolf").get(topic).get_data(as_text=True)
        assert "Begun meanwhile" in door("petra").get(topic).get_data(as_text=True)


def test_only_one_s_own_and_only_while_one_may(acting, world):
    with acting("petra") as petra:
        sent = actions.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Mine")
    with acting("mark") as mark, pytest.raises(Forbidden):
        actions.take_back_post(mark, mark.session.get_one(Post, sent.pk))


def test_a_script_is_offered_the_same(door, topic):
    client = door("petra")
    sent = client.post(f"{topic}/posts", data={"csrf_token": csrf_of(client), "body": "Hello"}, headers={"HX-Request": "true"})
    assert sent.status_code == 201
    assert re.search(r'<template data-toast>.*/take-back" data-undo', sent.get_data(as_text=True), re.DOTALL)


def test_no_letter_has_what_can_still_be_undone(house, acting, world, quiet):
    began = clock.now()

    def say(after, body):
        with clock.standing_at(began + timedelta(seconds=after)):
            with acting("rhea") as rhea:
                actions.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body=body)
            drain(house)

    say(0, "The first of two.")
    say(8, "The second of two.")
    assert mailed(house, began + timedelta(seconds=12)) == [], "the second can still be undone, and one letter is to tell of both"
    (both,) = mailed(house, began + timedelta(seconds=30))
    assert "The first of two." in both
    assert "The second of two." in both


def test_who_writes_on_and_on_holds_no_letter_back(house, acting, world, quiet):
    began = clock.now()
    for n in range(18):
        with clock.standing_at(began + timedelta(seconds=8 * n)):
            with acting("rhea") as rhea:
                actions.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body=f"Number {n}.")
            drain(house)
    first = mailed(house, began + timedelta(seconds=8 * 17 + 1))
    assert len(first) == 1
    assert "Number 0." in first[0]
    assert "Number 17." not in first[0]
    assert any("Number 17." in text for text in mailed(house, began + timedelta(minutes=8)))
