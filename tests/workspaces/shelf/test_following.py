"""What comes and what waits: what was kept away stays away, following again brings what waits, what could not come can be taken."""

import pytest

from portal.kernel.errors import Invalid
from portal.kernel.policy import fetch
from tests.conftest import csrf_of, post
from tests.workings import drain
from workspaces.library import actions as library
from workspaces.library.models import Folder
from workspaces.library.policy import May as Library
from workspaces.rooms.models import Workspace
from workspaces.shelf import actions
from workspaces.shelf.policy import May


@pytest.fixture
def give(acting, world):
    """`give(20)`: so many bytes may the files of the room take."""

    def limit(quota):
        with acting("ada") as ada:
            library.set_quota(ada, ada.session.get_one(Workspace, world.pks["room"]), quota=quota)

    return limit


def test_what_was_kept_away_does_not_arrive_by_itself(place, renew, house, at, file_at, acting, master):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"24 pumps: 110")
    drain(house)
    with acting("rhea") as rhea:
        mine = fetch(rhea, May.CHANGE_PLACEMENT, placement)
        actions.keep_ours(rhea, mine)
        actions.let_follow(rhea, mine, follows=True)
    assert file_at(id).version.number == 1
    with acting("nora") as nora:
        file = fetch(nora, Library.REMOVE_FILE, master)
        library.remove_file(nora, file)
        library.restore_file(nora, file)
    drain(house)
    assert (file_at(id).version.number, at(placement).newer, at(placement).asks) == (1, True, False)
    renew(b"24 pumps: 120")
    drain(house)
    assert (file_at(id).version.number, at(placement).number) == (2, 3), "the next one is another question"


def test_following_again_brings_what_waits(place, renew, house, at, file_at, door):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"24 pumps: 110")
    drain(house)
    assert post(door("rhea"), f"/shelf/placements/{placement}", act="follow").status_code == 303
    assert (file_at(id).version.number, at(placement).number, at(placement).follows) == (2, 2, True)


def test_a_version_of_one_s_own_is_asked_about_also_where_it_follows_again(place, renew, house, at, file_at, acting, bring):
    placement, id = place("rhea", "folder", follows=False)
    with acting("petra") as petra:
        library.add_version(petra, fetch(petra, Library.ADD_VERSION, id), received=bring("Prices.txt", b"Ours"))
    renew(b"24 pumps: 110")
    drain(house)
    own = file_at(id).version_pk
    with acting("rhea") as rhea:
        actions.let_follow(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement), follows=True)
    assert (file_at(id).version_pk, at(placement).asks) == (own, True)


def test_keeping_and_following_said_at_once_keeps(place, renew, house, file_at, door):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"24 pumps: 110")
    drain(house)
    rhea = door("rhea")
    told = {"newer": "keep", "follows": True}
    answer = rhea.patch(f"/api/v1/placements/{placement}", json=told, headers={"X-CSRFToken": csrf_of(rhea)})
    assert (answer.status_code, answer.json["follows"], answer.json["asks"]) == (200, True, False)
    assert file_at(id).version.number == 1


def test_what_found_no_room_can_be_taken_once_there_is_some(place, renew, house, at, file_at, door, give):
    placement, id = place("rhea", "folder")
    give(20)
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.number == 1
    rhea, path, here = door("rhea"), file_at(id).path, f"/shelf/placements/{placement}"
    page = rhea.get(path).text
    assert "A newer version is on the shelf." in page
    assert 'value="take"' in page
    assert post(rhea, here, act="take").status_code == 303
    assert "There is no room for Prices.txt" in rhea.get(path).text
    assert file_at(id).version.number == 1
    give(0)
    assert post(rhea, here, act="take").status_code == 303
    assert (file_at(id).version.number, at(placement).asks) == (2, False)


def test_a_folder_of_the_shelf_that_is_back_is_followed_again(place, renew, house, file_at, acting, master, world):
    with acting("nora") as nora:
        inner = library.make_folder_in(nora, nora.session.get_one(Folder, world.pks["shelf_folder"]), name="Prices")
        world.keep("prices", inner)
        library.move_file(nora, fetch(nora, Library.CHANGE_FILE, master), folder=inner)
    _placement, id = place("rhea", "folder")
    renew(b"24 pumps: 110")
    with acting("nora") as nora:  # before the worker came to it
        library.remove_folder(nora, fetch(nora, Library.CHANGE_FOLDER, world.ids["prices"]))
    drain(house)
    assert file_at(id).version.number == 1
    with acting("nora") as nora:
        library.restore_folder(nora, fetch(nora, Library.RESTORE_FOLDER, world.ids["prices"]))
    drain(house)
    assert file_at(id).version.number == 2


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_place_that_was_brought_back_is_as_on_the_shelf(place, renew, house, file_at, acting, world, what):
    with acting("rhea") as rhea:
        inner = library.make_folder_in(rhea, rhea.session.get_one(Folder, world.pks["folder"]), name="Prices")
        world.keep("inner", inner)
    _placement, id = place("rhea", "inner")
    with acting("rhea") as rhea:
        if what == "file":
            library.remove_file(rhea, fetch(rhea, Library.REMOVE_FILE, id))
        else:
            library.remove_folder(rhea, fetch(rhea, Library.CHANGE_FOLDER, world.ids["inner"]))
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.number == 1
    with acting("rhea") as rhea:
        if what == "file":
            library.restore_file(rhea, fetch(rhea, Library.RESTORE_FILE, id))
        else:
            library.restore_folder(rhea, fetch(rhea, Library.RESTORE_FOLDER, world.ids["inner"]))
    drain(house)
    assert file_at(id).version.number == 2


def test_the_front_page_of_the_shelf_is_neither_removed_nor_moved(acting, world, master, door):
    with acting("nora") as nora:
        front = nora.session.get_one(Folder, world.pks["shelf_folder"])
        other = library.make_folder_in(nora, front, name="Prices")
        world.keep("prices", other)
        library.move_folder(nora, other, parent=None)
        for wrong in (lambda: library.remove_folder(nora, front), lambda: library.move_folder(nora, front, parent=other)):
            with pytest.raises(Invalid, match="front page of the shelf"):
                wrong()
    mona, here = door("mona"), f"/w/{world.ids['shelf']}/files"
    assert post(mona, f"{here}/{world.ids['shelf_folder']}/remove").status_code == 303
    assert "front page of the shelf" in mona.get("/shelf").text
    assert post(mona, f"{here}/{world.ids['shelf_folder']}/move", parent=world.ids["prices"]).status_code == 422
    refused = mona.delete(f"/api/v1/folders/{world.ids['shelf_folder']}", headers={"X-CSRFToken": csrf_of(mona)})
    assert refused.status_code == 422
    assert "Prices.txt" in mona.get("/shelf").text
    assert post(mona, f"{here}/{world.ids['prices']}/remove").status_code == 303, "others are"
    assert "Prices.txt" in mona.get("/shelf").text
