"""What somebody may send over a socket who does not use our pages."""

import pytest
from flask_socketio import SocketIOTestClient
from sqlalchemy import select

from portal.people.models import Person
from tests.security.doors import Doors
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

ORIGIN = {"Origin": "http://localhost"}
LONG = "x" * 60_000
GARBAGE: list[tuple[object, ...]] = [
    (), (None,), ("x",), (1,), ([],), ({},), ({"topic": None},), ({"topic": [1]},), ({"topic": "\0"},), ({"topic": LONG},),
    ({"nothing": "0" * 22},), ({"topic": "0" * 22, "workspace": "0" * 22},), ({"topic": "0" * 22}, 1, 2), (1, 2, 3, 4),
]  # fmt: skip


def opened(doors: Doors, who: str) -> SocketIOTestClient:
    io = doors.app.extensions["realtime"].io
    return io.test_client(doors.app, flask_test_client=doors.client(who), headers=ORIGIN)


def heard(socket: SocketIOTestClient) -> list[str]:
    return [told["name"] for told in socket.get_received() if told["name"] != "presence"]


def say(doors: Doors, words: str) -> None:
    with doors.house.db.writing() as session:
        forums.post_message(doors.actor(session, "rhea"), session.get_one(Topic, doors.world.pks["topic"]), body=words)


def remove(doors: Doors, who: str) -> None:
    with doors.house.db.writing() as session:
        person = session.scalars(select(Person).where(Person.pk == doors.world.pks[who])).one()
        rooms.remove_member(doors.actor(session, "rhea"), session.get_one(Workspace, doors.world.pks["room"]), person=person)


@pytest.mark.parametrize("trick", [("disconnect",), ("disconnect", "x"), ("connect",), ("connect", 1, {"token": "of their own"})])
def test_who_pretends_to_be_gone_or_new_hears_nothing_after_their_removal(fresh: Doors, trick: tuple[object, ...]) -> None:
    """The library calls our own handlers for events that a client has named like them: what was joined stayed joined, unwatched."""
    petra, mark = opened(fresh, "petra"), opened(fresh, "mark")
    for socket in (petra, mark):
        assert socket.emit("watch", {"topic": fresh.world.ids["topic"]}, callback=True) == {"ok": True}
    say(fresh, "Both hear this.")
    assert (heard(petra), heard(mark)) == (["post.created"], ["post.created"])
    token = {"token": fresh._session_token("petra")}
    petra.emit(*(token if isinstance(part, dict) else part for part in trick))
    remove(fresh, "petra")
    say(fresh, "Only who is here hears this.")
    assert heard(mark) == ["post.created"]
    assert not petra.is_connected() or heard(petra) == []


def test_who_watches_a_topic_and_its_workspace_is_told_once(fresh: Doors) -> None:
    petra = opened(fresh, "petra")
    for kind, key in (("topic", "topic"), ("workspace", "room")):
        assert petra.emit("watch", {kind: fresh.world.ids[key]}, callback=True) == {"ok": True}
    say(fresh, "Once.")
    assert heard(petra) == ["post.created"]


@pytest.mark.parametrize("event", ["watch", "unwatch", "nonsense", "typing", "presence", "__class__", ""])
def test_garbage_is_answered_and_changes_nothing(still: Doors, event: str) -> None:
    petra = opened(still, "petra")
    for payload in GARBAGE:
        told = petra.emit(event, *payload, callback=True)
        assert told["ok"] is (event == "unwatch"), payload
        assert "our side" not in str(told), payload
    assert petra.emit("watch", {"topic": still.world.ids["topic"]}, callback=True) == {"ok": True}
    for _ in range(100):
        petra.emit("watch", {"topic": still.world.ids["topic"]}, callback=True)
    assert petra.emit("watch", {"topic": still.world.ids["staff_topic"]}, callback=True)["ok"] is False
    sockets = still.app.extensions["realtime"].sockets
    before = len(sockets)
    petra.disconnect()
    assert len(sockets) == before - 1, "who is really gone is forgotten"


@pytest.mark.parametrize("auth", [{"token": "\ud800"}, {"token": "\0"}, {"token": ["x"]}, {"token": LONG}, {"x": 1}, [1], "x", 1, True])
def test_who_cannot_be_read_does_not_come_in(still: Doors, auth: object) -> None:
    io = still.app.extensions["realtime"].io
    assert not io.test_client(still.app, auth=auth, headers=ORIGIN).is_connected()


def test_what_breaks_while_connecting_lets_nobody_in(still: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise RuntimeError("the database is away")

    realtime = still.app.extensions["realtime"]
    monkeypatch.setattr(realtime.identity, "of_browser", away)
    assert not opened(still, "petra").is_connected()
