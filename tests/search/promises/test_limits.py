"""Lists end somewhere, and say how many there are; what is quoted is what was said."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from search.promises import actions, queries
from search.promises.models import Promise
from tests.search.promises.telling import BEFORE, PROMISE, THEN, patch


@pytest.fixture
def few(monkeypatch):
    """Lists end after two."""
    for asked in (queries.listed, queries.due_soon, queries.asked_in, queries.stood):
        monkeypatch.setitem(asked.__kwdefaults__, "most", 2)


@pytest.fixture
def many(say):
    """Five promises of Rhea's, one of Petra's, and four questions."""
    with time_machine.travel(BEFORE, tick=True):
        for n in range(5):
            say("rhea", f"I will send you drawing {n} by Friday.")
        say("petra", "I will send you the readings by Monday.")
        for n in range(4):
            say("petra", f"How long does battery {n} last?")


def test_lists_that_were_cut_say_so_and_count_all(few, many, door, world):
    account, room = f"/accounts/{world.ids['calder']}", f"/w/{world.ids['room']}"
    with time_machine.travel(THEN, tick=True):
        rhea = door("rhea")
        for page in (f"{account}/promises", f"{room}/promises"):
            told = rhea.get(page).text
            assert told.count('<li class="row wraps" id="p-') == 2
            assert "The first 2 of 5." in told
            assert "The first 0 of 1." in told  # of theirs, which come after
        assert "The 2 that wait longest, of 4." in rhea.get(f"{room}/promises").text
        assert "The 2 that wait longest, of 4." in rhea.get(f"{account}/questions").text
        assert "The first 2 of 6." in rhea.get("/today").text
        assert "The first 2 of 5." in rhea.get(f"{account}/trail").text


def test_answered_questions_too(few, many, say, door, world):
    say("rhea", "Ten years, in normal use.")
    told = door("rhea").get(f"/accounts/{world.ids['calder']}/questions?state=answered").text
    assert "The last 2 of 4." in told
    assert "battery 3" in told
    assert "battery 0" not in told


def test_what_fits_says_nothing(many, door, world):
    for page in ("promises", "questions", "trail"):
        told = door("rhea").get(f"/accounts/{world.ids['calder']}/{page}").text
        assert "that wait longest, of" not in told
    assert "The first" not in door("rhea").get(f"/accounts/{world.ids['calder']}/promises").text


def test_a_page_of_a_day_gone_by_has_the_words_of_that_day(two, acting, door, world):
    with time_machine.travel(THEN + timedelta(days=2), tick=True), acting("rhea") as rhea:
        promise = rhea.session.scalar(select(Promise).where(Promise.id == two["ours"]))
        actions.mend_promise(rhea, promise, due=promise.due, about="Nine plans for lot 2")
    url = f"/accounts/{world.ids['calder']}/trail"
    then, later = (door("rhea").get(f"{url}?as_of=2026-03-{day}").text.partition("What we promised")[2] for day in ("04", "07"))
    assert PROMISE in then
    assert "Nine plans" not in then
    assert "Nine plans for lot 2" in later


def test_what_is_quoted_is_what_was_said(two, door, world):
    assert patch(door("rhea"), f"promises/{two['ours']}", about="Nine plans for lot 2", state="kept").status_code == 200
    for who, page in {"rhea": f"/promises/{two['ours']}", "petra": f"/w/{world.ids['room']}/promises"}.items():
        told = door(who).get(page).text
        assert f"“{PROMISE}”" in told
        assert "Nine plans for lot 2" in told
        assert "“Nine plans" not in told
    assert "Nine plans" not in door("rhea").get(f"/accounts/{world.ids['calder']}/trail?kind=promise").text
