"""Removed files rest 30 days; then they are forgotten: nobody brings them back, their bytes go, and what pointed at them still stands."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.kernel import blobs, checks
from portal.kernel.clock import now, standing_at
from portal.kernel.errors import NotFound
from portal.kernel.events import Event
from portal.kernel.periodic import JOBS, following
from portal.kernel.policy import fetch
from tests.conftest import post
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic
from workspaces.library import actions, jobs, queries
from workspaces.library.models import Folder
from workspaces.library.policy import RESTS, May
from workspaces.moderation import actions as holding
from workspaces.rooms.actions import change_workspace
from workspaces.rooms.models import Workspace

OVER = RESTS + timedelta(minutes=1)


@pytest.fixture
def files(acting, world, bring):
    """(pk, id, path, SHA-256) of a file that stands, one that was removed, and one whose folder was."""
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        old = actions.make_folder_in(rhea, folder, name="Old")
        places = {"stays": folder, "gone": folder, "inside": old}
        made = [actions.add_file(rhea, at, received=bring(f"{word}.txt", word.encode())) for word, at in places.items()]
        told = {each.name.removesuffix(".txt"): (each.pk, each.id, each.path, each.version.sha256) for each in made}
        actions.hang_topic(rhea, rhea.session.get_one(Topic, world.pks["topic"]), about=told["gone"][1])
        actions.ask_reading(rhea, made[1], must_read=True)
        actions.pin_file(rhea, made[1], pinned=True)
        actions.remove_file(rhea, made[1])
        actions.remove_folder(rhea, old)
        return told


def forget(house, later=OVER):
    with standing_at(now() + later):
        jobs.forget_removed(house)


def sweep(house):
    for sha256 in house.storage.names():
        os.utime(house.storage.path(sha256), (time.time() - 90_000,) * 2)
    jobs.sweep(house)


def stored(house, files) -> dict[str, bool]:
    names = set(house.storage.names())
    return {word: each[3] in names for word, each in files.items()}


def told_of(house) -> list[str]:
    with house.db.reading() as session:
        return [each.facts["name"] for each in session.scalars(select(Event).where(Event.kind == "file.forgotten").order_by(Event.pk))]


def test_nothing_is_forgotten_while_it_rests(house, files, acting):
    forget(house, RESTS - timedelta(minutes=1))
    sweep(house)
    assert told_of(house) == []
    assert stored(house, files) == {"stays": True, "gone": True, "inside": True}
    with acting("rhea") as rhea:
        actions.restore_file(rhea, fetch(rhea, May.RESTORE_FILE, files["gone"][1]))
    forget(house)
    assert told_of(house) == ["inside.txt"], "what was brought back rests no more"


def test_what_has_rested_is_forgotten_once_and_its_bytes_are_swept(house, files, acting):
    forget(house)
    forget(house)
    assert told_of(house) == ["gone.txt", "inside.txt"]
    sweep(house)
    assert stored(house, files) == {"stays": True, "gone": False, "inside": False}
    with house.db.reading() as session:
        assert {files["gone"][3], files["inside"][3]}.isdisjoint(dict(blobs.named(session)))
    assert checks.breaches(house, ["blobs", "chains", "words"]) == {"blobs": [], "chains": [], "words": []}
    with standing_at(now() + OVER), acting("rhea") as rhea, pytest.raises(NotFound):
        fetch(rhea, May.RESTORE_FILE, files["gone"][1])


def test_what_pointed_at_it_still_stands(house, files, door, world, db):
    drain(house, topics=("index",))
    rhea = door("rhea")
    room, topic = f"/w/{world.ids['room']}", db.get_one(Topic, world.pks["topic"]).path
    pages = [f"{room}/", f"{room}/files/", f"{room}/files/removed", topic, f"/accounts/{world.ids['calder']}/trail", files["stays"][2]]
    assert "gone.txt" in rhea.get(f"{room}/files/removed").text
    forget(house)
    sweep(house)
    drain(house, topics=("index",))
    for page in pages:
        assert rhea.get(page, follow_redirects=True).status_code == 200, page
    for ending in ("", "/download", "/aside", "?v=1"):
        assert rhea.get(files["gone"][2] + ending).status_code == 404
    assert rhea.get(f"/api/v1/files/{files['gone'][1]}").status_code == 404
    assert post(rhea, f"{files['gone'][2]}/restore").status_code == 404, "even where a clock was set back"
    with standing_at(now() + OVER + timedelta(hours=1)):
        told = f"/api/v1/accounts/{world.ids['calder']}/trail?kind=file.removed,file.forgotten"
        trail = door("rhea").get(told).json["items"]
    assert [each["summary"] for each in trail if "gone.txt" in each["summary"]] == [
        "Removed 30 days before, gone.txt is gone for good",
        "Rhea Rep removed gone.txt",
    ]
    assert rhea.get("/api/v1/search?q=gone").json["items"] == []
    assert [each["title"] for each in rhea.get("/api/v1/search?q=stays").json["items"]] == ["stays.txt"]


def test_bytes_that_another_file_has_stay(house, files, acting, world, bring):
    with acting("rhea") as rhea:
        actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=bring("same.txt", b"gone"))
        written = forums.post_message(rhea, rhea.session.get_one(Topic, world.pks["topic"]), body="With a file")
        actions.attach_files(rhea, written, received=[bring("also.txt", b"inside")])
    forget(house)
    sweep(house)
    assert stored(house, files) == {"stays": True, "gone": True, "inside": True}
    assert checks.breaches(house, ["blobs"]) == {"blobs": []}


def test_bytes_of_a_first_message_that_waits_stay(house, files, acting, world, bring):
    with acting("rhea") as rhea:
        change_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]), holds_first=True)
    with acting("petra") as petra:
        holding.hold_message(petra, petra.session.get_one(Topic, world.pks["topic"]), body="See", received=[bring("a.txt", b"gone")])
    forget(house)
    sweep(house)
    assert stored(house, files) == {"stays": True, "gone": True, "inside": False}


def test_the_page_says_how_long_is_left(house, files, door, world):
    url = f"/w/{world.ids['room']}/files/removed"
    assert door("rhea").get(url).text.count("29 days left") == 2
    moment = now()
    for later, days in ((timedelta(0), 30), (timedelta(days=12, hours=1), 17), (timedelta(days=29, hours=2), 0)):
        with standing_at(moment + later):
            assert queries.days_left(moment) == days


def test_the_sweep_of_a_night_comes_after_all_that_it_sweeps_was_let_go():
    evening = datetime(2026, 3, 1, 20, tzinfo=UTC)
    forgotten = following(JOBS["library.forget_removed"].cron, evening)
    pictures = following(JOBS["previews.catch_up"].cron, forgotten)
    assert forgotten < pictures < following(JOBS["library.sweep"].cron, evening) < evening + timedelta(hours=12)
