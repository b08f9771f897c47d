"""Promises on other pages: Today, the column beside the trail, the home of a workspace for our side; and what pages ask the database."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from search.promises import actions
from search.promises.models import Promise
from tests.conftest import post
from tests.counting import counting
from workspaces.forums import actions as forums
from workspaces.forums.models import Post

PROMISE = "I will send you the drawings by Friday."
THEN = datetime(2026, 3, 4, 9, tzinfo=UTC)
BEFORE = THEN - timedelta(minutes=5)  # what is written then stands when it is asked for, however long the writing took


@pytest.fixture
def two(say, promise_of):
    """Rhea's promise until a Friday, and Petra's of the same day."""
    with time_machine.travel(BEFORE, tick=True):
        ours, theirs = say("rhea", PROMISE), say("petra", "I will send you the readings by Friday.")
    return promise_of(ours).id, promise_of(theirs).id


def test_today_has_what_is_due_within_a_week_and_overdue_ones_own_first(two, door):
    def shown(at):
        with time_machine.travel(at, tick=True):
            return door("rhea").get("/today").text

    assert "Promised and due" in shown(THEN)
    late = shown(THEN + timedelta(days=30))
    assert late.index("the drawings") < late.index("the readings")
    assert late.count("Overdue since 6 Mar") == 2
    assert "Promised and due" not in door("ravi").get("/today").text
    with time_machine.travel(THEN, tick=True):
        assert post(door("rhea"), f"/promises/{two[0]}/state", state="kept", **{"from": "today"}).location == "/today"
    assert "the drawings" not in shown(THEN).partition("Promised and due")[2].partition("since-h")[0]


def test_what_is_due_later_or_has_no_day_is_not_on_today_and_what_is_contested_is(say, promise_of, door, acting):
    with time_machine.travel(THEN, tick=True):
        id = say("rhea", "I will send you the drawings on 20 April.")
        assert "Promised and due" not in door("rhea").get("/today").text
        with acting("petra") as petra:
            promise = petra.session.scalar(select(Promise).where(Promise.id == promise_of(id).id))
            actions.judge_promise(petra, promise, state="contested", reason="Not those")
        assert "Not those" in door("rhea").get("/today").text


def test_today_asks_no_more_for_many(two, say, door, house):
    with time_machine.travel(THEN, tick=True):
        rhea = door("rhea")
        rhea.get("/today")
        with counting(house) as few:
            rhea.get("/today")
        for n in range(8):
            say("rhea", f"I will send you drawing {n} by Friday.")
        with counting(house) as many:
            rhea.get("/today")
    assert len(many) <= len(few), "\n".join(many)


def test_pages_of_promises_ask_no_more_for_many(two, say, door, house, world):
    urls = [(who, url) for who in ("rhea", "petra") for url in (f"/w/{world.ids['room']}/promises", f"/w/{world.ids['room']}/")]
    urls += [("rhea", f"/accounts/{world.ids['calder']}/promises"), ("rhea", f"/accounts/{world.ids['calder']}/questions")]
    say("petra", "How long does the battery last?")

    def asked():
        counts = []
        for who, url in urls:
            door(who).get(url)
            with counting(house) as queries:
                assert door(who).get(url).status_code == 200
            counts.append(len(queries))
        return counts

    few = asked()
    for n in range(6):
        say("rhea", f"I will send you drawing {n} by Friday.")
        say("petra", f"How long does battery {n} last?")
    assert all(many <= before for many, before in zip(asked(), few, strict=True))


def test_beside_the_trail_stands_what_we_promised_on_any_day(two, acting, door, world):
    with time_machine.travel(THEN + timedelta(days=1), tick=True), acting("rhea") as rhea:
        actions.settle_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == two[0])), state="kept")
    with time_machine.travel(THEN + timedelta(days=9), tick=True):
        url = f"/accounts/{world.ids['calder']}/trail"
        assert "What we promised" not in door("rhea").get(url).text
        assert "What we promised" in door("rhea").get(f"{url}?as_of=2026-03-04").text
        assert "What we promised" not in door("rhea").get(f"{url}?as_of=2026-03-03").text


def test_our_side_finds_it_from_the_home_of_a_workspace(two, door, world):
    page = door("rhea").get(f"/w/{world.ids['room']}/").text
    assert "2 promises wait, and what they asked" in page
    assert "What we promised you" not in page


def test_a_message_that_moves_to_another_discussion_is_asked_there(say, acting, door, world):
    id = say("petra", "How long does the battery last?")
    with acting("rhea") as rhea:
        asked = rhea.session.scalar(select(Post).where(Post.id == id))
        forums.split_topic(rhea, asked.topic, posts=[asked], title="Batteries")
    (told,) = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/questions?state=open").json["items"]
    assert told["id"] == id
