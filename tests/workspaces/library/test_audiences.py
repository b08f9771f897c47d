"""Another audience for a folder: who comes, who goes, and which files follow."""

import pytest

from portal.kernel.outbox import CONSUMERS
from portal.kernel.policy import may
from portal.kernel.worker import drain
from tests.conftest import csrf_of, post
from workspaces.library import actions
from workspaces.library.models import File, Folder
from workspaces.library.policy import May
from workspaces.rooms.models import Group


@pytest.fixture
def sheet(acting, world, bring):
    """A file in the team's folder."""
    with acting("rhea") as rhea:
        file = actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["safe"]), received=bring("Prices.pdf"))
        return file.pk


def _reads(actor, pk):
    return may(actor, May.READ_FILE, actor.session.get_one(File, pk))


def test_opened_with_what_is_in_it(acting, world, sheet):
    with acting("petra") as petra:
        assert not _reads(petra, sheet)
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["safe"])
        told = actions.change_folder_audience(rhea, folder, audience="everyone")
        assert {one.person.name for one in told.gains} == {"Petra Prospect", "Mark Moderator", "Rolf Reader"}
        assert told.files == 1
    with acting("petra") as petra:
        assert _reads(petra, sheet)


def test_from_now_on_leaves_what_is_in_it(acting, world, sheet, bring):
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["safe"])
        actions.change_folder_audience(rhea, folder, audience="everyone", from_now_on=True)
        new = actions.add_file(rhea, folder, received=bring("Offer.pdf")).pk
    with acting("petra") as petra:
        assert _reads(petra, new)
        assert not _reads(petra, sheet)
    with acting("rhea") as rhea:
        assert _reads(rhea, sheet)


def test_folders_inside_stay_for_whom_they_are(acting, world, bring):
    with acting("rhea") as rhea:
        safe = rhea.session.get_one(Folder, world.pks["safe"])
        inner = actions.make_folder_in(rhea, safe, name="Margins")
        file = actions.add_file(rhea, inner, received=bring("Margin.pdf")).pk
        actions.change_folder_audience(rhea, safe, audience="everyone")
    with acting("petra") as petra:
        assert may(petra, May.READ_FOLDER, petra.session.get_one(Folder, world.pks["safe"]))
        assert not _reads(petra, file)


def test_to_a_group(acting, world, bring):
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        file = actions.add_file(rhea, folder, received=bring("Survey.pdf")).pk
        told = actions.change_folder_audience(rhea, folder, audience=rhea.session.get_one(Group, world.pks["group"]))
        assert {one.person.name for one in told.loses} == {"Mark Moderator", "Rolf Reader"}
    with acting("petra") as petra:
        assert _reads(petra, file)
    with acting("rolf") as rolf:
        assert not _reads(rolf, file)


def test_what_was_found_is_found_no_more(acting, world, house, door, bring):
    """The index follows where audiences are other ones, and needs nothing where one is defined anew."""
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        actions.add_file(rhea, folder, received=bring("Quaternary survey.pdf"))
    drain(house, CONSUMERS["index"])
    search = "/api/v1/search?q=quaternary"
    assert door("rolf").get(search).json["total"] == 1
    with acting("rhea") as rhea:
        actions.change_folder_audience(rhea, rhea.session.get_one(Folder, world.pks["folder"]), audience="staff")
    assert door("rolf").get(search).json["total"] == 0
    drain(house, CONSUMERS["index"])
    assert door("rolf").get(search).json["total"] == 0
    assert door("rhea").get(search).json["total"] == 1
    with acting("rhea") as rhea:
        actions.change_folder_audience(rhea, rhea.session.get_one(Folder, world.pks["folder"]), audience="everyone")
    drain(house, CONSUMERS["index"])
    assert door("rolf").get(search).json["total"] == 1


def test_the_page_asks_first_and_the_api_can(door, acting, world, sheet):
    rhea, path = door("rhea"), f"/w/{world.ids['room']}/files/{world.ids['safe']}"
    asked = post(rhea, f"{path}/audience", audience="everyone")
    assert asked.status_code == 200
    assert b"1 file" in asked.data
    state = asked.text.split('name="shown" value="')[1].split('"')[0]
    api = f"/api/v1/folders/{world.ids['safe']}"
    told = rhea.patch(f"{api}?preview=true", json={"audience": "everyone"}, headers={"X-CSRFToken": csrf_of(rhea)})
    assert len(told.json["change"]["gains"]) == 3
    with acting("petra") as petra:
        assert not _reads(petra, sheet)
    assert door("petra").get(f"{path}/who").status_code == 404
    assert post(rhea, f"{path}/audience", audience="everyone", confirmed="true", old="follow", shown=state).status_code == 303
    with acting("petra") as petra:
        assert _reads(petra, sheet)
    assert b"Rolf Reader" in door("petra").get(f"{path}/who").data
    for who, status in (("petra", 403), ("otto", 404)):
        assert post(door(who), f"{path}/audience", audience="staff").status_code == status
