"""As of when: the date is asked for; the same one is the same brief, whenever it is read."""

import json
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.accounts import actions as accounts
from portal.accounts.models import Account, Contact, Note
from portal.people.models import Person
from search.promises import actions as promises
from search.promises.models import Promise
from tests.search.brief.conftest import start
from tests.search.brief.test_sections import ASKED, OBJECTED, PROMISED
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.plan import actions as plan
from workspaces.rooms.models import Workspace


def day(number: int) -> str:
    return (start() + timedelta(days=number)).date().isoformat()


def moment(number: float) -> str:
    return (start() + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def whole(door, world):
    """The whole of the API's answer, as it was sent."""
    return lambda name="rhea", **asked: door(name).get(f"/api/v1/accounts/{world.ids['calder']}/brief", query_string=asked).data


def test_the_same_inputs_are_the_same_text(whole, say, on_day, known, acting, world):
    known("petra", "decides")
    say("petra", ASKED)
    say("rhea", PROMISED)
    with on_day(30):
        say("mark", "Which protocols does it speak?")
        with acting("rhea") as rhea:
            room = rhea.session.get_one(Workspace, world.pks["room"])
            plan.add_item(rhea, room, title="Read the survey", due=(start() + timedelta(days=40)).date())
    with on_day(31):
        first = whole(as_of=moment(30.5))
        assert whole(as_of=moment(30.5)) == first
    with on_day(500):
        assert whole(as_of=moment(30.5)) == first


def test_without_a_date_it_is_of_the_present_and_the_same_where_nothing_was_added(brief, door, world, say, on_day):
    say("petra", ASKED)
    with on_day(1):
        first = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief").json
    with on_day(2):
        second = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief").json
    assert first["sections"] == second["sections"]
    assert first["as_of"] < second["as_of"]
    assert first["known_at"] is None


def test_as_of_a_day_what_came_later_is_not_there(brief, texts, say, on_day, acting, world, known):
    say("petra", ASKED)
    say("rhea", PROMISED)
    with on_day(10):
        say("rhea", "Ten years, in normal use.")
        with acting("rhea") as rhea:
            promises.settle_promise(rhea, rhea.session.scalar(select(Promise)), state="kept")
            account = rhea.session.get_one(Account, world.pks["calder"])
            accounts.add_contact(rhea, account, name="Helen Hall", roles=["pays"])
            accounts.change_account(rhea, account, industry="Gas")
            accounts.give_account(rhea, account, to=rhea.session.get_one(Person, world.pks["nora"]))
    with on_day(12):
        now = brief("nora")
        assert (now["questions"], now["ours"]) == ([], [])
        assert "Helen Hall" in now["people"][0]["text"]
        then = brief("nora", as_of=day(5))
        assert [line["text"].split("”")[0] for line in then["questions"]] == [f"“{ASKED}"]
        assert [line["text"].split("”")[0] for line in then["ours"]] == [f"“{PROMISED}"]
        assert then["people"] == []
        standing = "\n".join(line["text"] for line in then["standing"])
        assert "Rhea Rep looks after it" in standing
        assert "Water utility" in standing
        assert "Nora" not in standing


def test_before_and_after_a_correction_as_it_was_and_as_we_knew_it(texts, say, on_day, acting):
    """The day of a promise is corrected; a role of a contact is known only later."""
    id = say("rhea", "I will send you the offer.")
    with on_day(4), acting("rhea") as rhea:
        due = (start() + timedelta(days=20)).date()
        promises.mend_promise(rhea, rhea.session.scalar(select(Promise).where(Promise.id == id)), due=due, about="")
    with on_day(10):
        assert "Until" in texts("rhea", "ours")[0]
        assert "Until" not in texts("rhea", "ours", as_of=day(3))[0]
        assert "Until" not in texts("rhea", "ours", as_of=day(3), known_at=day(3))[0]
        assert "Until" in texts("rhea", "ours", as_of=day(5), known_at=day(5))[0]


def test_what_was_noted_later_was_not_known_then(texts, on_day, acting, world):
    with on_day(10), acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        accounts.write_note(rhea, account, body="She called about the frost.", at=start() + timedelta(days=2))
    with on_day(12):
        assert "“She called about the frost.”" in texts("rhea", "last", as_of=day(5))[0]
        assert not [line for line in texts("rhea", "last", as_of=day(5), known_at=day(5)) if "frost" in line]
        assert [line for line in texts("rhea", "last", as_of=day(5), known_at=day(10)) if "frost" in line]


def test_a_role_as_we_know_it_today_and_as_we_knew_it(texts, known, on_day, acting, world):
    with on_day(1):
        id = known("Helen Hall", "uses")
    with on_day(6), acting("rhea") as rhea:
        accounts.change_contact(rhea, rhea.session.scalar(select(Contact).where(Contact.id == id)), roles=["decides"])
    with on_day(8):
        assert texts("rhea", "people")[0].endswith("Decides")
        assert texts("rhea", "people", as_of=day(3))[0].endswith("Uses")


def test_words_that_were_changed_later_are_not_said_to_have_stood_then(texts, say, on_day, acting):
    id = say("petra", "We have decided to go with the 12 V version.")
    with on_day(5), acting("petra") as petra:
        forums.edit_post(
            petra, petra.session.scalar(select(Post).where(Post.id == id)), body="We have decided to go with the 24 V version."
        )
    with on_day(6):
        assert texts("rhea", "last", as_of=day(2))[0].startswith("A message that was changed later · Petra Prospect")
        assert not [line for line in texts("rhea", "decisions", as_of=day(2)) if "24 V version" in line]
        assert "24 V version" in texts("rhea", "last")[0]


def test_what_was_asked_and_answered_then_is_not_told_in_later_words(texts, say, on_day, acting):
    say("petra", ASKED)
    objected = say("petra", OBJECTED)
    reply = say("rhea", "It pays for itself within a year, the leaks cost more.")
    first = say("mark", "Which protocols does it speak?")
    assert ASKED not in str(texts("rhea", "questions")), "it was answered"
    with on_day(5):
        for name, id, body in (
            ("mark", first, "Later words: which of them does it speak?"),
            ("petra", objected, "Later words: it is too expensive for us."),
            ("rhea", reply, "Later words, ten percent less."),
        ):
            with acting(name) as actor:
                forums.edit_post(actor, actor.session.scalar(select(Post).where(Post.id == id)), body=body)
    with on_day(6):
        for key in ("questions", "first", "objections", "decisions", "last"):
            assert "Later words" not in str(texts("rhea", key, as_of=day(2))), key
        assert texts("rhea", "questions", as_of=day(2))[0].startswith("A message that was changed later · Mark Moderator")
        assert "Later words" in str(texts("rhea", "last"))


def test_a_note_of_an_earlier_day_is_not_told_in_words_newer_than_was_known(texts, on_day, acting, world):
    with on_day(10), acting("rhea") as rhea:
        account = rhea.session.get_one(Account, world.pks["calder"])
        note = accounts.write_note(rhea, account, body="She called about the frost.", at=start() + timedelta(days=2)).pk
    with on_day(20), acting("rhea") as rhea:
        accounts.edit_note(rhea, rhea.session.get_one(Note, note), body="Later words about the frost.")
    with on_day(21):
        for asked in ({"as_of": day(5), "known_at": day(12)}, {"as_of": day(5)}, {"as_of": day(12), "known_at": day(12)}):
            assert "Later words" not in str(texts("rhea", "last", **asked)), asked
        assert "Later words" in str(texts("rhea", "last", as_of=day(20)))


def test_what_will_be_known_is_not_known_yet(whole, say):
    say("rhea", PROMISED)
    for asked in ({"known_at": "2090-01-01"}, {"as_of": "2090-01-01", "known_at": "2090-01-01"}):
        told = json.loads(whole(**asked))
        assert (told["as_of"] < "2090", told["known_at"]) == (True, None)


def test_before_there_was_an_account(door, world):
    url = f"/accounts/{world.ids['calder']}/brief?as_of=2020-01-01"
    assert door("rhea").get(f"/api/v1{url}").status_code == 404
    page = door("rhea").get(url)
    assert page.status_code == 200
    assert "There was no such account then." in page.text


def test_a_day_to_come_is_the_present(door, world, say):
    say("petra", ASKED)
    told = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief?as_of=2190-01-01").json
    assert told["as_of"] < "2190"
    assert "You are looking at" not in door("rhea").get(f"/accounts/{world.ids['calder']}/brief?as_of=2190-01-01").text


def test_what_is_no_date(door, world):
    for wrong in ("x", "2026-99-01", "0", "9" * 300, "2026-11-19T25:00:00Z", "0001-01-01T00:00:00Z", "0001-01-01"):
        for name in ("as_of", "known_at"):
            told = door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief", query_string={name: wrong})
            assert told.status_code == 422, wrong
            assert told.json["errors"][0]["field"] == name


def test_days_are_those_of_the_reader(door, world, acting, house):
    """Half past eleven at night in London is the next day in Tokyo, on the page; the API tells days in UTC."""
    at = start().replace(hour=23, minute=30) + timedelta(days=2)
    with time_machine.travel(at, tick=True), acting("petra") as petra:
        forums.post_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="Good evening.")
    with acting("rhea") as rhea:
        rhea.session.get_one(Person, world.pks["rhea"]).timezone = "Asia/Tokyo"
    after = at + timedelta(days=1)
    here, there = at.strftime("%-d %b %Y"), (at + timedelta(days=1)).strftime("%-d %b %Y")
    with time_machine.travel(after, tick=True):
        page = door("rhea").get(f"/accounts/{world.ids['calder']}/brief").text
        assert f"Petra Prospect, {there}" in page
        assert f"Petra Prospect, {here}" not in page
        assert f"Petra Prospect, {here}" in door("rhea").get(f"/api/v1/accounts/{world.ids['calder']}/brief").text
        assert "“Good evening.”" not in door("rhea").get(f"/accounts/{world.ids['calder']}/brief?as_of={day(2)}").text
        assert "“Good evening.”" in door("rhea").get(f"/accounts/{world.ids['calder']}/brief?as_of={day(3)}").text
