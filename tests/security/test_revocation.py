"""Whoever loses access hears nothing after the moment it ended: in every way it can end, on a socket that stays open."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient

from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.clock import now, standing_at
from portal.people import actions as people
from portal.people import sign_ins
from portal.people.models import Person
from tests.security.doors import Doors
from tests.security.estate import OUTSIDERS
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

ORIGIN = {"Origin": "http://localhost"}
WATCHES = {"topic": ("topic", "staff_topic", "group_topic", "locked_topic", "archive_topic"), "workspace": ("room", "archive")}


def opened(doors: Doors, who: str) -> SocketIOTestClient:
    io = doors.app.extensions["realtime"].io
    return io.test_client(doors.app, flask_test_client=doors.client(who), headers=ORIGIN)


def heard(socket: SocketIOTestClient) -> list[dict[str, Any]]:
    return [told for told in socket.get_received() if told["name"] != "presence"] if socket.is_connected() else []


def talk(doors: Doors) -> None:
    """Rhea says something to everybody, to the team, and backstage; Petra says something to her group."""
    with doors.house.db.writing() as session:
        rhea, petra = doors.actor(session, "rhea"), doors.actor(session, "petra")
        topic, staff, group = (session.get_one(Topic, doors.world.pks[key]) for key in ("topic", "staff_topic", "group_topic"))
        forums.post_message(rhea, topic, body="shared words")
        forums.post_message(rhea, topic, body="team words", team=True)
        forums.post_message(rhea, staff, body="staff words")
        forums.post_message(petra, group, body="group words")


@pytest.mark.parametrize("who", OUTSIDERS)
def test_outsiders_watch_nothing(fresh: Doors, who: str) -> None:
    socket = opened(fresh, who)
    if not socket.is_connected():
        assert who in ("nobody", "sven", "susi")
        return
    for kind, things in WATCHES.items():
        for thing in things:
            told = socket.emit("watch", {kind: fresh.world.ids[thing]}, callback=True)
            assert told == socket.emit("watch", {kind: "0" * 22}, callback=True)
            assert told["ok"] is False
    talk(fresh)
    assert heard(socket) == []


@pytest.mark.parametrize("who", ["rhea", "mona", "petra", "mark", "rolf"])
def test_everyone_hears_what_they_may_read(fresh: Doors, who: str) -> None:
    socket = opened(fresh, who)
    for thing in ("topic", "staff_topic", "group_topic"):
        socket.emit("watch", {"topic": fresh.world.ids[thing]}, callback=True)
    heard(socket)
    talk(fresh)
    told = str(heard(socket))
    theirs = (
        {"shared"} | ({"team", "staff"} if who in ("rhea", "mona") else set()) | ({"group"} if who in ("rhea", "mona", "petra") else set())
    )
    assert {each for each in ("shared", "team", "staff", "group") if f"{each} words" in told} == theirs


def removed(actor: Actor, doors: Doors, person: Person) -> None:
    rooms.remove_member(actor, actor.session.get_one(Workspace, doors.world.pks["room"]), person=person)


def suspended(actor: Actor, doors: Doors, person: Person) -> None:
    people.suspend_person(doors.actor(actor.session, "ada"), person)


def signed_out_elsewhere(actor: Actor, doors: Doors, person: Person) -> None:
    sign_ins.end_all(actor.session, person.pk)


def forum_removed_from_them(actor: Actor, doors: Doors, person: Person) -> None:
    """The topic is moved to where only the staff are."""
    topic = actor.session.get_one(Topic, doors.world.pks["topic"])
    forums.move_topic(actor, topic, forum=actor.session.get_one(Forum, doors.world.pks["backstage"]))


@pytest.mark.parametrize("how", [removed, suspended, signed_out_elsewhere, forum_removed_from_them])
def test_a_client_who_lost_access_hears_nothing_more(fresh: Doors, how: Callable[[Actor, Doors, Person], None]) -> None:
    socket = opened(fresh, "petra")
    for kind, thing in (("topic", "topic"), ("workspace", "room")):
        assert socket.emit("watch", {kind: fresh.world.ids[thing]}, callback=True)["ok"]
    heard(socket)
    say(fresh)
    assert "shared words" in str(heard(socket)), "it could be heard before"
    with fresh.house.db.writing() as session:
        how(fresh.actor(session, "rhea"), fresh, session.get_one(Person, fresh.world.pks["petra"]))
    heard(socket)
    say(fresh)
    assert "shared words" not in str(heard(socket))


def test_who_was_a_member_for_a_time_hears_nothing_after_it(fresh: Doors) -> None:
    socket, ends_at = opened(fresh, "petra"), now() + timedelta(hours=1)
    with fresh.house.db.writing() as session:
        room, petra = session.get_one(Workspace, fresh.world.pks["room"]), session.get_one(Person, fresh.world.pks["petra"])
        rooms.set_end(fresh.actor(session, "rhea"), room, person=petra, ends_at=ends_at)
    assert socket.emit("watch", {"topic": fresh.world.ids["topic"]}, callback=True)["ok"]
    say(fresh)
    assert "shared words" in str(heard(socket)), "it could be heard before"
    with standing_at(ends_at):  # no worker has put it on record yet
        say(fresh)
    assert "shared words" not in str(heard(socket))


def test_a_manager_hears_nothing_more_once_the_account_is_elsewhere(fresh: Doors) -> None:
    socket = opened(fresh, "mona")
    assert socket.emit("watch", {"topic": fresh.world.ids["topic"]}, callback=True)["ok"]
    with fresh.house.db.writing() as session:
        rhea, ada = fresh.actor(session, "rhea"), fresh.actor(session, "ada")
        accounts.give_account(ada, session.get_one(Account, fresh.world.pks["calder"]), to=session.get_one(Person, fresh.world.pks["ravi"]))
        rooms.remove_member(fresh.actor(session, "ravi"), session.get_one(Workspace, fresh.world.pks["room"]), person=rhea.person)
    heard(socket)
    say(fresh, "petra")
    assert "shared words" not in str(heard(socket))


def test_signing_out_ends_the_socket(fresh: Doors) -> None:
    socket = opened(fresh, "petra")
    assert socket.emit("watch", {"topic": fresh.world.ids["topic"]}, callback=True)["ok"]
    assert fresh.client("petra").post("/sign-out", data={"csrf_token": fresh.csrf("petra")}).status_code == 303
    say(fresh)
    assert not heard(socket)
    assert not socket.is_connected()


def test_a_cookie_is_believed_only_from_our_pages(fresh: Doors) -> None:
    io = fresh.app.extensions["realtime"].io
    for headers in ({}, {"Origin": ""}):
        assert not io.test_client(fresh.app, flask_test_client=fresh.client("petra"), headers=headers).is_connected()
    assert opened(fresh, "petra").is_connected()


def test_the_judge_sees_a_planted_hole(fresh: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked again before an event goes out, and nobody is taken out of a room."""
    monkeypatch.setattr("portal.web.realtime.people_in", lambda session, *pks: set(range(1, 1000)))
    monkeypatch.setattr("portal.web.realtime.Realtime._recheck", lambda self, people: None)
    with pytest.raises(AssertionError, match="shared words"):
        test_a_client_who_lost_access_hears_nothing_more(fresh, removed)


def say(doors: Doors, who: str = "rhea") -> None:
    with doors.house.db.writing() as session:
        forums.post_message(doors.actor(session, who), session.get_one(Topic, doors.world.pks["topic"]), body="shared words")
