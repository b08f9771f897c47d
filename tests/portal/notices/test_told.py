"""Who is told, by which letter, and how it stops."""

import mailbox
from datetime import timedelta
from email import policy

import pytest
from sqlalchemy import select

from portal.kernel import clock
from portal.notices.models import Notice
from portal.notices.queries import unread_count
from portal.people import actions as people
from portal.people.models import Person
from tests.conftest import post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace


@pytest.fixture
def quiet(house):
    """The world's own posts have been told of long ago."""
    drain(house)
    with clock.standing_at(clock.now() + timedelta(minutes=5)):
        drain(house)
    with house.db.writing() as session:
        for notice in session.scalars(select(Notice)):
            session.delete(notice)
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    box.clear()
    box.flush()


def letters(house, minutes=10):
    """What the worker has mailed once so much time has passed."""
    drain(house)
    with clock.standing_at(clock.now() + timedelta(minutes=minutes)):
        drain(house)
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    found = [mailbox.email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]  # noqa: SIM118 - a mailbox iterates over its letters
    return sorted(found, key=lambda letter: letter["To"])


def _say(acting, world, person, body, **how):
    with acting(person) as actor:
        return forums.post_message(actor, actor.session.get_one(Topic, world.pks["topic"]), body=body, **how).id


def test_an_answer_reaches_whoever_takes_part_and_not_its_author(house, world, acting, quiet):
    _say(acting, world, "rhea", "Use the **/24** variant.")
    sent = letters(house)
    assert [letter["To"].addresses[0].addr_spec for letter in sent] == ["petra@calder.example"]
    assert "Rhea Rep via Tidewell Instruments" in str(sent[0]["From"])
    assert "Can the gateways run on 24 V panels?" in sent[0]["Subject"]
    assert "<strong>/24</strong>" in sent[0].get_body(("html",)).get_content()
    assert "Use the **/24** variant." in sent[0].get_body(("plain",)).get_content()
    assert sent[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_of_one_conversation_one_letter_in_two_minutes(house, world, acting, quiet):
    for n in range(3):
        _say(acting, world, "rhea", f"Part {n}.")
    sent = letters(house)
    assert len(sent) == 1
    assert all(f"Part {n}." in sent[0].get_body(("plain",)).get_content() for n in range(3))


def test_a_mention_reaches_a_reader_who_does_not_follow(house, world, acting, quiet):
    _say(acting, world, "rhea", f"@[Rolf Reader]({world.ids['rolf']}) for you too.")
    assert "rolf@calder.example" in [letter["To"].addresses[0].addr_spec for letter in letters(house)]


def test_a_mention_tells_nothing_to_who_cannot_read(house, world, acting, quiet):
    _say(acting, world, "rhea", f"@[Otto]({world.ids['otto']}) and @[Paul]({world.ids['paul']})")
    assert {letter["To"].addresses[0].addr_spec for letter in letters(house)} == {"petra@calder.example"}


def test_a_team_note_never_goes_to_a_client(house, world, acting, quiet):
    _say(acting, world, "mona", f"@[Petra]({world.ids['petra']}) will not see this", team=True)
    assert {letter["To"].addresses[0].addr_spec for letter in letters(house)} == {"rhea@tidewell.example"}


def test_rights_are_those_at_the_moment_of_sending(house, world, acting, quiet):
    _say(acting, world, "rhea", "Written before, mailed after.")
    drain(house)  # told, but the letter waits until it can no longer be undone
    with acting("rhea") as rhea:
        room, petra = rhea.session.get_one(Workspace, world.pks["room"]), rhea.session.get_one(Person, world.pks["petra"])
        rooms.remove_member(rhea, room, person=petra)
    assert letters(house) == []


def test_no_letter_to_who_has_been_suspended(house, world, acting, quiet):
    _say(acting, world, "petra", "Anybody there?")
    drain(house)
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["rhea"]))
    assert letters(house) == []


def test_what_was_read_meanwhile_is_not_mailed(house, world, acting, quiet):
    _say(acting, world, "rhea", "Read at once.")
    drain(house)
    with acting("petra") as petra:
        from portal.notices.actions import read_thing

        read_thing(petra, thing=f"topic:{world.ids['topic']}")
    assert letters(house) == []


def test_mail_away_keeps_the_letter_and_sends_it_once(house, world, acting, quiet, monkeypatch):
    _say(acting, world, "rhea", "Through the storm.")
    real, tries = house.post.send, []

    def flaky(message):
        tries.append(message["Message-ID"])
        if len(tries) == 1:
            raise OSError("connection refused")
        real(message)

    monkeypatch.setattr(house.post, "send", flaky)
    with pytest.raises(OSError, match="refused"):
        letters(house)
    assert len(letters(house, minutes=20)) == 1
    assert len(set(tries)) == 1


def test_one_click_stops_it_without_signing_in(house, world, acting, quiet, door):
    _say(acting, world, "rhea", "First.")
    path = letters(house)[0]["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    mail_program = door("nobody")
    assert mail_program.get(path).status_code == 200
    assert mail_program.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    _say(acting, world, "rhea", "Second.")
    assert len(letters(house, minutes=20)) == 1  # the first alone


def test_a_forged_link_stops_nothing(door):
    assert door("nobody").get("/unsubscribe/WzEsIioiXQ.forged").status_code == 410


def test_the_inbox_shows_what_may_still_be_read(house, world, acting, quiet, door):
    _say(acting, world, "rhea", "For the inbox.")
    drain(house)
    petra = door("petra")
    assert "Can the gateways run on 24 V panels?" in petra.get("/me/notifications").text
    assert "For the inbox." not in door("otto").get("/me/notifications").text
    with acting("rhea") as rhea:
        room, person = rhea.session.get_one(Workspace, world.pks["room"]), rhea.session.get_one(Person, world.pks["petra"])
        rooms.remove_member(rhea, room, person=person)
    assert "Can the gateways" not in petra.get("/me/notifications").text


def test_done_and_undone(house, world, acting, quiet, door):
    _say(acting, world, "rhea", "Clear me.")
    drain(house)
    petra, thing = door("petra"), f"topic:{world.ids['topic']}"
    assert post(petra, "/me/notifications", act="done", thing=thing).status_code == 303
    assert "Can the gateways" not in petra.get("/me/notifications").text
    post(petra, "/me/notifications", act="undo", thing=thing)
    assert "Can the gateways" in petra.get("/me/notifications").text


def test_read_and_unread_again(house, world, acting, quiet, door):
    _say(acting, world, "petra", "One thing to come back to")
    drain(house)
    rhea, thing = door("rhea"), f"topic:{world.ids['topic']}"
    for act, unread in (("read", 0), ("unread", 1), ("unread", 1), ("read", 0)):
        assert post(rhea, "/me/notifications", act=act, thing=thing).status_code == 303
        with acting("rhea") as actor:
            assert unread_count(actor) == unread, act
    with acting("mona") as mona:  # of nobody else
        assert unread_count(mona) == 0
    assert post(rhea, "/me/notifications", act="nonsense", thing=thing).status_code == 422


def test_api_notifications(house, world, acting, quiet, door):
    _say(acting, world, "rhea", "By the API.")
    drain(house)
    (item,) = door("petra").get("/api/v1/notifications").json["items"]
    assert item["why"] == "reply"
    assert item["source"]["kind"] == "post"
    assert door("otto").get(f"/api/v1/notifications/{item['id']}").status_code == 404


def test_telling_twice_changes_nothing(house, world, acting, quiet):
    from portal.kernel.events import Event
    from workspaces.forums.jobs import tell_of_post

    _say(acting, world, "rhea", "Once.")
    with house.db.reading() as session:
        event = session.scalars(select(Event).where(Event.kind == "post.created").order_by(Event.pk.desc())).first()
    tell_of_post(house, event.id)
    tell_of_post(house, event.id)
    assert len(letters(house)) == 1
