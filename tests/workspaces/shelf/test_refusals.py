"""What has no room or is held back is refused on the page it was asked on; of two who place at once one finds the room."""

import threading

import pytest
from sqlalchemy import select, text

from portal.kernel.errors import TooLarge
from portal.kernel.policy import fetch
from tests.conftest import post
from tests.waiting import eventually
from workspaces.library import actions as library
from workspaces.library import quotas
from workspaces.library.models import Folder
from workspaces.library.policy import May as Library
from workspaces.library.schemas import Uploading
from workspaces.rooms.models import Workspace
from workspaces.shelf import actions, queries
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May


@pytest.fixture
def room(world) -> str:
    return f"/w/{world.ids['room']}"


@pytest.fixture
def give(acting, world):
    """`give(20)`: so many bytes may the files of the room take."""

    def limit(quota):
        with acting("ada") as ada:
            library.set_quota(ada, ada.session.get_one(Workspace, world.pks["room"]), quota=quota)

    return limit


@pytest.fixture
def waits(db):
    """`waits()`: whether somebody waits for another's turn to end; on PostgreSQL."""

    def waiting() -> bool:
        db.rollback()
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        return bool(db.scalar(text(asked)))

    return waiting


def test_where_there_is_no_room_the_form_is_shown_again_with_why(door, world, room, master, give):
    rhea, here = door("rhea"), f"{room}/files/{world.ids['folder']}/shelf"
    give(5)
    for url, told in ((here, {"masters": master}), (f"/shelf/{master}/place", {"folders": world.ids["folder"]})):
        answer = post(rhea, url, **told)
        assert answer.status_code == 413, url
        assert "There is no room for Prices.txt" in answer.text
        assert "<form" in answer.text
    give(0)
    assert post(rhea, here, masters=master).status_code == 303


def test_what_is_held_back_is_not_placed_and_the_form_says_so(door, world, room, master, place, renew, bring, acting, file_at):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"24 pumps: 110")
    with acting("system") as system:
        library.note_scan(system, sha256=bring("x", b"24 pumps: 110").sha256, threat="Test-Signature")
    rhea, safe = door("rhea"), world.ids["safe"]
    for url, told in ((f"{room}/files/{safe}/shelf", {"masters": master}), (f"/shelf/{master}/place", {"folders": safe})):
        answer = post(rhea, url, **told)
        assert answer.status_code == 403, url
        assert "Held back by the virus check." in answer.text
        assert "<form" in answer.text
    assert post(rhea, f"/shelf/placements/{placement}", act="take").status_code == 303
    assert "Held back by the virus check." in rhea.get(file_at(id).path).text
    assert file_at(id).version.number == 1


def test_workspaces_are_found_by_their_client_too(acting, master, world, door):
    with acting("rhea") as rhea:
        for words, found in (
            ("calder", ["Billing questions", "Leak detection"]),
            ("leak water", ["Leak detection"]),
            ("calder otway", []),
            ("100%", []),
        ):
            assert [room.title for room, _folders in queries.folders(rhea, words)] == found, words
    assert "Leak detection" in door("rhea").get(f"/shelf/{master}/place?q=Calder").text


@pytest.mark.parametrize("way", ["place", "take", "arrive", "finish"])
def test_of_two_at_once_one_finds_the_room(house, acting, world, bring, give, master, place, renew, waits, way):
    """50 of 100 bytes are used, and 40 come in a transaction that has not ended; behind it 20 and more would come."""
    if house.db.is_sqlite:
        pytest.skip("on SQLite writers take turns")
    if way in ("take", "arrive"):
        placement, _file = place("rhea", "folder", follows=way == "arrive")
        renew(b"24 pumps: 110, and valves")
    give(100)
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        there = quotas.room_of(rhea.session, folder.workspace).used
        library.add_file(rhea, folder, received=bring("half.txt", b"x" * (50 - there)))
        upload = library.begin_upload(rhea, told=Uploading(folder=folder.id, filename="big.bin"), size=20).id
    came = bring("big.bin", b"z" * 20)
    said = []

    def second():
        with acting("system" if way == "arrive" else "rhea") as actor:
            try:
                if way == "place":
                    safe = actor.session.get_one(Folder, world.pks["safe"])
                    actions.place(actor, fetch(actor, Library.READ_FILE, master), folders=[safe])
                elif way == "take":
                    actions.take_newer(actor, fetch(actor, May.CHANGE_PLACEMENT, placement))
                elif way == "arrive":
                    if not actions.arrive(actor, actor.session.scalars(select(Placement).where(Placement.id == placement)).one()):
                        raise TooLarge
                else:
                    library.finish_upload(actor, fetch(actor, Library.CONTINUE_UPLOAD, upload), received=came)
                said.append("came")
            except TooLarge:
                said.append("no room")

    behind = threading.Thread(target=second)
    with acting("petra") as petra:
        library.add_file(petra, petra.session.get_one(Folder, world.pks["folder"]), received=bring("forty.txt", b"y" * 40))
        behind.start()
        eventually(lambda: waits() or said)
    behind.join()
    assert said == ["no room"]


def test_what_came_while_it_waited_is_not_overwritten(house, acting, bring, give, place, renew, at, file_at, waits):
    if house.db.is_sqlite:
        pytest.skip("on SQLite writers take turns")
    placement, id = place("rhea", "folder")
    renew(b"24 pumps: 110")
    give(1000)

    def arriving():
        with acting("system") as system:
            actions.arrive(system, system.session.scalars(select(Placement).where(Placement.id == placement)).one())

    behind = threading.Thread(target=arriving)
    with acting("petra") as petra:
        library.add_version(petra, fetch(petra, Library.ADD_VERSION, id), received=bring("Prices.txt", b"Ours"))
        behind.start()
        eventually(lambda: waits() or not behind.is_alive())
    behind.join()
    assert (file_at(id).version.number, at(placement).is_own, at(placement).asks) == (2, True, True)
