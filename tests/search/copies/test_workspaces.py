"""A copy of a workspace: made of what its person may read, told when it is ready, and theirs only as long as they may read all of it."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.kernel import checks, clock
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound, TooMany
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.people.models import Person
from search.copies import actions, jobs
from search.copies.models import WorkspaceCopy
from tests.cast import World
from tests.conftest import Door, post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Post, Topic
from workspaces.library import actions as library
from workspaces.library.models import File, Folder
from workspaces.library.receiving import take
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

Acting = Callable[[str], AbstractContextManager[Actor]]


@pytest.fixture
def filled(house: House, acting: Acting, world: World) -> World:
    """Files beside the talk: one for everyone with two versions, one for the team."""
    with acting("rhea") as rhea:
        folder, safe = (rhea.session.get_one(Folder, world.pks[key]) for key in ("folder", "safe"))
        file = library.add_file(rhea, folder, received=take(house.storage, "Übersicht #1.txt", [b"First."], 1000))
        library.add_version(rhea, file, received=take(house.storage, "Übersicht #1.txt", [b"Second."], 1000), note="Better.")
        world.keep("file", file)
        library.add_file(rhea, safe, received=take(house.storage, "margins.txt", [b"Twelve percent."], 1000))
    return world


def ask(house: House, client: FlaskClient, world: World, room: str = "room") -> str:
    """Ask by the page, have it made; the path of the newest copy."""
    path = f"/w/{world.ids[room]}/export"
    assert post(client, path).status_code == 303
    drain(house, topics=("make copies",))
    with house.db.reading() as session:
        newest = session.scalars(select(WorkspaceCopy).order_by(WorkspaceCopy.pk.desc())).first()
        assert newest
        return f"{path}/{newest.id}"


def got(client: FlaskClient, path: str) -> TestResponse:
    """The whole answer, and the connection closed, as a browser would."""
    told = client.get(path)
    told.get_data()
    told.close()
    return told


def unpacked(told: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(told))
    assert archive.testzip() is None
    return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_a_client_takes_what_they_may_read_and_nothing_else(house: House, door: Door, filled: World) -> None:
    petra = door("petra")
    page = petra.get(f"/w/{filled.ids['room']}/export").get_data(as_text=True)
    assert "<b>1</b> Discussions" in page
    assert "<b>1</b> Files" in page
    told = got(petra, ask(house, petra, filled))
    assert told.status_code == 200
    assert told.mimetype == "application/zip"
    assert "leak-detection-" in told.headers["Content-Disposition"]
    files = unpacked(told.get_data())
    whole = b"".join(files.values()).decode()
    assert "Six stations only have 24 V." in whole
    for secret in (
        "They will ask for a discount next.",
        "Margin",
        "We can go to 12 percent.",
        "Twelve percent.",
        "margins.txt",
        "Backstage",
    ):
        assert secret not in whole
    stored = {name: content for name, content in files.items() if name.startswith("files/")}
    assert sorted(stored.values()) == [b"First.", b"Second."]
    said = [json.loads(line) for line in files["data/messages.jsonl"].splitlines()]
    assert [row["body"] for row in said] == ["Six stations only have 24 V.", "No converter needed, the /24 takes 18 to 32 V."]
    assert "rhea@tidewell.example" not in whole


def test_staff_take_team_notes_too(house: House, door: Door, filled: World) -> None:
    rhea = door("rhea")
    whole = b"".join(unpacked(got(rhea, ask(house, rhea, filled)).get_data()).values()).decode()
    for ours in ("They will ask for a discount next.", "We can go to 12 percent.", "Twelve percent."):
        assert ours in whole


def test_every_link_of_it_leads_somewhere(house: House, door: Door, filled: World) -> None:
    import posixpath
    import re
    from urllib.parse import unquote

    petra = door("petra")
    files = unpacked(got(petra, ask(house, petra, filled)).get_data())
    for name, content in files.items():
        for target in re.findall(r'(?:href|src)="([^"#]+)', content.decode()) if name.endswith(".html") else ():
            there = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(target)))
            assert there in files, f"{name} points at {target}"


def test_when_it_is_ready_they_are_told_and_it_is_on_the_record(house: House, door: Door, filled: World) -> None:
    petra, mark = door("petra"), door("mark")
    path = ask(house, petra, filled)
    assert "Your copy of “Leak detection” is ready" in petra.get("/me/notifications").get_data(as_text=True)
    assert "Your copy" not in mark.get("/me/notifications").get_data(as_text=True)
    got(petra, path)
    got(petra, path)
    with house.db.reading() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.subject_kind == "copy").order_by(Event.pk)))
    assert kinds == ["copy.asked", "copy.made", "copy.taken"], "once, however often it is downloaded"
    trail = door("rhea").get(f"/accounts/{filled.ids['calder']}/trail").get_data(as_text=True)
    assert "Petra Prospect took a copy of “Leak detection” away" in trail
    assert {name: lines for name, lines in checks.breaches(house).items() if lines and name != "index"} == {}


def test_nobody_else_gets_it(house: House, door: Door, filled: World) -> None:
    path = ask(house, door("petra"), filled)
    assert got(door("petra"), path).status_code == 200
    for who in ("mark", "rhea", "mona", "ada", "otto", "paul", "nils", "ravi"):
        assert got(door(who), path).status_code == 404, who
    assert got(door("nobody"), path).status_code in (302, 303)
    assert got(door("petra"), path.replace(filled.ids["room"], filled.ids["side"])).status_code == 404


def test_who_was_removed_gets_nothing_any_more(house: House, door: Door, acting: Acting, filled: World) -> None:
    petra = door("petra")
    path = ask(house, petra, filled)
    assert got(petra, path).status_code == 200
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, filled.pks["room"]), person=rhea.session.get_one(Person, filled.pks["petra"])
        )
    assert got(petra, path).status_code == 404
    assert petra.get(f"/w/{filled.ids['room']}/export").status_code == 404


def test_who_was_removed_before_it_was_made_gets_none(house: House, door: Door, acting: Acting, filled: World) -> None:
    assert post(door("petra"), f"/w/{filled.ids['room']}/export").status_code == 303
    with acting("rhea") as rhea:
        rooms.remove_member(
            rhea, rhea.session.get_one(Workspace, filled.pks["room"]), person=rhea.session.get_one(Person, filled.pks["petra"])
        )
    drain(house, topics=("make copies",))
    with house.db.reading() as session:
        copy = session.scalars(select(WorkspaceCopy)).one()
        assert (copy.state, copy.sha256) == ("failed", None)


def remove_post(actor: Actor, world: World) -> None:
    forums.remove_post(actor, actor.session.get_one(Post, world.pks["post"]))


def edit_post(actor: Actor, world: World) -> None:
    forums.edit_post(actor, actor.session.get_one(Post, world.pks["post"]), body="It does need one.")


def remove_topic(actor: Actor, world: World) -> None:
    forums.remove_topic(actor, actor.session.get_one(Topic, world.pks["topic"]))


def remove_file(actor: Actor, world: World) -> None:
    library.remove_file(actor, actor.session.get_one(File, world.pks["file"]))


@pytest.mark.parametrize("change", [remove_post, edit_post, remove_topic, remove_file])
def test_what_was_taken_away_since_is_not_given_out(
    house: House, door: Door, acting: Acting, filled: World, change: Callable[[Actor, World], None]
) -> None:
    petra = door("petra")
    path = ask(house, petra, filled)
    with acting("rhea") as rhea:  # what is new takes nothing away
        forums.post_message(rhea, rhea.session.get_one(Topic, filled.pks["topic"]), body="One more thing.")
    assert got(petra, path).status_code == 200
    with acting("rhea") as rhea:
        change(rhea, filled)
    told = got(petra, path)
    assert told.status_code == 410
    assert "changed or taken away" in told.get_data(as_text=True)
    assert got(petra, ask(house, petra, filled)).status_code == 200, "a new one has what there is now"


def test_it_is_gone_after_a_week(house: House, door: Door, filled: World) -> None:
    petra = door("petra")
    path = ask(house, petra, filled)
    with clock.standing_at(clock.now() + timedelta(days=7, minutes=1)):
        jobs.forget_old(house)
    assert got(petra, path).status_code == 410
    assert "No longer there." in petra.get(f"/w/{filled.ids['room']}/export").get_data(as_text=True)


def test_one_at_a_time_and_five_a_day(house: House, acting: Acting, filled: World) -> None:
    with acting("petra") as petra:
        room = petra.session.get_one(Workspace, filled.pks["room"])
        assert actions.ask_copy(petra, room).id == actions.ask_copy(petra, room).id
    for _ in range(4):
        drain(house, topics=("make copies",))
        with acting("petra") as petra:
            actions.ask_copy(petra, petra.session.get_one(Workspace, filled.pks["room"]))
    drain(house, topics=("make copies",))
    with pytest.raises(TooMany), acting("petra") as petra:
        actions.ask_copy(petra, petra.session.get_one(Workspace, filled.pks["room"]))
    with pytest.raises(NotFound), acting("otto") as otto:
        actions.ask_copy(otto, otto.session.get_one(Workspace, filled.pks["room"]))
