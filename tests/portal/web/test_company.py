"""Who is here and who is writing: told to those who may know, and to nobody else."""

from types import SimpleNamespace

import pytest

from portal.kernel.bus import TableBus
from portal.people import actions as people
from portal.people.models import Person
from portal.web import company
from portal.web.company import Company
from tests.security.doors import Doors
from tests.waiting import eventually
from workspaces.forums import actions as forums
from workspaces.forums.models import Forum, Topic
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(company, "TOGETHER", 0.0)
    monkeypatch.setattr(company, "LINGERS", 0.0)


@pytest.fixture
def doors(app, house, world):
    return Doors(app, house, world)


@pytest.fixture
def listen(doors):
    def open_socket(who, of=None, **what):
        io = (of or doors).app.extensions["realtime"].io
        socket = io.test_client((of or doors).app, flask_test_client=(of or doors).client(who), headers=ORIGIN)
        for kind, key in what.items():
            assert socket.emit("watch", {kind: doors.world.ids[key]}, callback=True)["ok"]
        return socket

    return open_socket


class Ear:
    """What a socket has heard by a name, the newest last."""

    def __init__(self, socket, name):
        self.socket, self.name, self.all = socket, name, []

    def look(self):
        self.all += [told["args"][0] for told in self.socket.get_received() if told["name"] == self.name]
        return self.all

    def here(self):
        return [each["name"].split()[0] for each in self.look()[-1]["people"]] if self.look() else None


def test_who_is_here_is_told_to_those_who_are(listen, doors):
    petra = Ear(listen("petra", workspace="room"), "presence")
    eventually(lambda: petra.here() == ["Petra"])
    mona = Ear(listen("mona", workspace="room"), "presence")
    eventually(lambda: petra.here() == ["Mona", "Petra"] == mona.here())
    told = petra.all[-1]
    assert (told["workspace"], told["count"]) == (doors.world.ids["room"], 2)
    assert set(told["people"][0]) == {"id", "name"}
    second = listen("mona", workspace="room")
    mona.socket.disconnect()
    paul = Ear(listen("paul", workspace="side"), "presence")
    eventually(lambda: paul.here() == ["Paul"])
    assert petra.here() == ["Mona", "Petra"]  # her other tab is open
    second.disconnect()
    eventually(lambda: petra.here() == ["Petra"])


def test_a_program_is_nobody(listen, doors):
    petra = Ear(listen("petra", workspace="room"), "presence")
    with doors.house.db.writing() as session:
        token = people.make_token(
            doors.actor(session, "rhea"), name="bot", scopes=["read"], person=session.get_one(Person, doors.world.pks["rhea"])
        )[1]
    bot = doors.app.extensions["realtime"].io.test_client(doors.app, auth={"token": token})
    assert bot.emit("watch", {"workspace": doors.world.ids["room"]}, callback=True)["ok"]
    rhea = listen("rhea", workspace="room")
    eventually(lambda: petra.here() == ["Petra", "Rhea"])
    rhea.disconnect()
    eventually(lambda: petra.here() == ["Petra"])


@pytest.mark.parametrize("how", ["removed", "suspended", "hidden", "signed out"])
def test_who_is_gone_vanishes_at_once(listen, doors, monkeypatch, how):
    rhea, petra = Ear(listen("rhea", workspace="room"), "presence"), Ear(listen("petra", workspace="room"), "presence")
    eventually(lambda: rhea.here() == ["Petra", "Rhea"])
    monkeypatch.setattr(company, "LINGERS", 3600.0)
    with doors.house.db.writing() as session:
        person = session.get_one(Person, doors.world.pks["petra"])
        if how == "removed":
            rooms.remove_member(doors.actor(session, "rhea"), session.get_one(Workspace, doors.world.pks["room"]), person=person)
        elif how == "suspended":
            people.suspend_person(doors.actor(session, "ada"), person)
        elif how == "hidden":
            people.change_own(doors.actor(session, "petra"), present=False)
        else:
            people.end_sign_in(doors.actor(session, "petra"), _sign_in(session, person.pk))
    if how == "signed out":
        monkeypatch.setattr(company, "LINGERS", 0.0)
        petra.socket.is_connected() and petra.socket.disconnect()
    eventually(lambda: rhea.here() == ["Rhea"])
    heard = len(petra.look()) if petra.socket.is_connected() else 0
    nora = listen("mark", workspace="room")
    eventually(lambda: rhea.here() == ["Mark", "Rhea"])
    if how == "hidden":
        eventually(lambda: petra.here() == ["Mark", "Rhea"])
    elif petra.socket.is_connected():
        assert len(petra.look()) == heard
    nora.disconnect()


def _sign_in(session, person_pk):
    from portal.people.models import SignIn

    return session.query(SignIn).filter_by(person_pk=person_pk, ended_at=None).one()


def test_writing_is_told_to_those_who_could_read_it(listen, doors):
    who = ("petra", "mark", "rolf", "mona", "paul", "otto")
    ears = {name: Ear(listen(name, **({"topic": "topic"} if name not in ("paul", "otto") else {})), "typing") for name in who}
    rhea = listen("rhea", topic="topic")
    topic = doors.world.ids["topic"]
    assert rhea.emit("typing", {"topic": topic}, callback=True) == {"ok": True}
    assert {name for name, ear in ears.items() if ear.look()} == {"petra", "mark", "rolf", "mona"}
    assert ears["petra"].all == [{"topic": topic, "team": False, "person": {"id": doors.world.ids["rhea"], "name": "Rhea Rep"}}]
    assert Ear(rhea, "typing").look() == []
    for _ in range(20):  # said too often, it is told once
        rhea.emit("typing", {"topic": topic}, callback=True)
    assert len(ears["petra"].look()) == 1
    again = listen("rhea")
    assert again.emit("typing", {"topic": topic, "team": True}, callback=True) == {"ok": True}
    assert ears["mona"].look()[-1]["team"] is True
    assert all(not told["team"] for name in ("petra", "mark", "rolf") for told in ears[name].look())


@pytest.mark.parametrize(
    ("name", "what"),
    [("rolf", {"topic": "topic"}), ("petra", {"topic": "topic", "team": True}), ("petra", {"topic": "staff_topic"}),
     ("otto", {"topic": "topic"}), ("petra", {"workspace": "room"})],
)  # fmt: skip
def test_who_may_not_write_there_is_told_so_and_nobody_hears(listen, doors, name, what):
    rhea = Ear(listen("rhea", topic="topic", workspace="room"), "typing")
    writer = listen(name)
    told = writer.emit("typing", {kind: doors.world.ids.get(key, key) for kind, key in what.items()}, callback=True)
    assert told["ok"] is False
    assert rhea.look() == []


def test_who_hides_writes_unseen_and_nobody_hears_of_a_topic_that_moved_away(listen, doors):
    petra, rhea = listen("petra", topic="topic"), Ear(listen("rhea", topic="topic"), "typing")
    rolf = Ear(listen("rolf", topic="topic"), "typing")
    with doors.house.db.writing() as session:
        people.change_own(doors.actor(session, "petra"), present=False)
    assert petra.emit("typing", {"topic": doors.world.ids["topic"]}, callback=True)["ok"]
    assert rhea.look() == []
    with doors.house.db.writing() as session:
        people.change_own(doors.actor(session, "petra"), present=True)
        topic, inner = session.get_one(Topic, doors.world.pks["topic"]), session.get_one(Forum, doors.world.pks["inner"])
        forums.move_topic(doors.actor(session, "rhea"), topic, forum=inner)
    again = listen("petra")
    assert again.emit("typing", {"topic": doors.world.ids["topic"]}, callback=True)["ok"]
    assert len(rhea.look()) == 1
    assert rolf.look() == []


def test_several_processes_agree(listen, doors, house, monkeypatch):
    """Two apps on one table bus, each told what the other says, as with Redis."""
    import wsgi

    other_house = wsgi.build_house(house.settings)
    other = Doors(wsgi.create_app(house=other_house), other_house, doors.world)
    other.app.config.update(TESTING=True, THROTTLE=False)
    monkeypatch.setattr(TableBus, "several_webs", True)
    for each in (doors, other):
        each.house.bus.listen(each.app.extensions["realtime"].hear)
    petra = Ear(listen("petra", workspace="room", topic="topic"), "presence")
    mark_socket = listen("mark", of=other, workspace="room", topic="topic")
    mark = Ear(mark_socket, "presence")
    eventually(lambda: petra.here() == ["Mark", "Petra"] == mark.here())
    hears = Ear(petra.socket, "typing")
    assert mark_socket.emit("typing", {"topic": doors.world.ids["topic"]}, callback=True)["ok"]
    eventually(lambda: [told["person"]["name"] for told in hears.look()] == ["Mark Moderator"])
    with doors.house.db.writing() as session:
        people.suspend_person(doors.actor(session, "ada"), session.get_one(Person, doors.world.pks["mark"]))
    rolf = Ear(listen("rolf", workspace="room"), "presence")
    eventually(lambda: rolf.here() == ["Petra", "Rolf"])
    eventually(lambda: not mark_socket.is_connected())
    # A process that died without a word is forgotten.
    there = doors.app.extensions["realtime"].company
    there.hear({"process": "dead", "rooms": {f"workspace:{doors.world.pks['room']}": [doors.world.pks["rhea"]]}})
    eventually(lambda: rolf.here() == ["Petra", "Rhea", "Rolf"])
    monkeypatch.setattr(company, "FORGOTTEN", -1.0)
    there.look(f"workspace:{doors.world.pks['room']}", 0.0)
    eventually(lambda: rolf.here() == ["Petra", "Rolf"])
    other_house.close()


def test_in_a_community_the_team_alone_knows_who_of_it_is_here(circle, listen, doors, world):
    """Its people are seen by consent; that somebody has a page open, or begins to write, is told to no other company."""
    with doors.house.db.writing() as session:
        place = forums.make_forum(
            doors.actor(session, "rhea"), session.get_one(Workspace, world.pks["circle"]), title="Practice", audience="everyone"
        )
        topic = forums.start_topic(doors.actor(session, "rhea"), place, title="How often?", body="Do you calibrate?").id
    sockets = {name: listen(name, workspace="circle") for name in ("petra", "otto", "rhea")}
    for socket in sockets.values():
        assert socket.emit("watch", {"topic": topic}, callback=True)["ok"]
    here = Ear(sockets["rhea"], "presence")
    eventually(lambda: here.here() == ["Rhea"])
    assert sockets["petra"].emit("typing", {"topic": topic}, callback=True)["ok"]
    told = [str(told) for socket in sockets.values() for told in socket.get_received()] + [str(here.all)]
    assert not [each for each in told if "Petra" in each or "Otto" in each]


def test_a_bus_that_is_away_for_a_beat_ends_nothing(monkeypatch):
    """The thread that says who is here would else be gone until the next start."""
    told = []

    class Away:
        several_webs = True

        def publish(self, messages):
            told.append(messages)
            raise OSError("away")

    sockets = SimpleNamespace(house=SimpleNamespace(bus=Away()), people_at=lambda room: set())
    Company(sockets)._say_all()
    assert told


def test_a_house_that_closes_has_nobody_told_any_more(listen, doors, house):
    """The thread would ask a database that was let go of, and open it anew."""
    petra = Ear(listen("petra", workspace="room"), "presence")
    eventually(lambda: petra.here() == ["Petra"])
    thread = doors.app.extensions["realtime"].company._thread
    assert thread.is_alive()
    house.close()
    assert not thread.is_alive()
