"""Master documents: placed, followed, asked about, withdrawn; and that nothing of the workspace's own is overwritten."""

import pytest
from sqlalchemy import func, select

from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.kernel.events import Event
from portal.kernel.policy import allowed, fetch, may
from tests.workings import drain
from workspaces.library import actions as library
from workspaces.library.models import File, FileVersion, Folder
from workspaces.library.policy import May as Library
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.shelf import actions, queries
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May


def test_there_is_one_shelf_that_all_staff_keep_and_no_client_knows(acting, world, master):
    with acting("ravi") as ravi:
        assert actions.open_shelf(ravi).pk == world.pks["shelf"]
        assert may(ravi, Library.ADD_VERSION, ravi.session.get_one(File, world.pks["master"]))
        assert may(ravi, Library.CHANGE_FILE, ravi.session.get_one(File, world.pks["master"]))
    for name in ("petra", "mark", "otto", "nobody"):
        with acting(name) as actor:
            shelf, file = actor.session.get_one(Workspace, world.pks["shelf"]), actor.session.get_one(File, world.pks["master"])
            assert not may(actor, Library.READ_LIBRARY, shelf)
            assert not may(actor, Library.READ_FILE, file)
            assert not may(actor, May.PLACE_MASTER, file)
            if name != "nobody":
                with pytest.raises(Forbidden):
                    actions.open_shelf(actor)


def test_it_is_no_workspace_that_anybody_is_in(acting, world, master):
    with acting("rhea") as rhea:
        shelf = rhea.session.get_one(Workspace, world.pks["shelf"])
        for verb in (Rooms.READ_WORKSPACE, Rooms.RUN_WORKSPACE, Rooms.INVITE, Rooms.VIEW_AS, Rooms.MODERATE, Rooms.TAKE_PART):
            assert may(rhea, verb, rhea.session.get_one(Workspace, world.pks["room"]))
            assert not may(rhea, verb, shelf), verb
        with pytest.raises(NotFound):
            rooms.change_workspace(rhea, shelf, title="Mine")


def test_what_is_placed_is_a_file_of_its_folder_with_the_same_bytes(acting, world, db, place, house, file_at):
    stored = len(list(house.storage.names()))
    _placement, id = place("rhea", "folder")
    file = file_at(id)
    assert (file.name, file.workspace_pk, file.audience_pk) == (
        "Prices.txt",
        world.pks["room"],
        db.get_one(Folder, world.pks["folder"]).open_audience_pk,
    )
    assert file.version.note == ""
    assert len(list(house.storage.names())) == stored
    with acting("petra") as petra:
        assert fetch(petra, Library.READ_FILE, id).placed
        assert petra.session.scalars(allowed(petra, May.READ_PLACEMENT)).all() == []
    kinds = db.scalars(select(Event.kind).where(Event.subject_id == id).order_by(Event.pk)).all()
    assert kinds == ["file.added", "file.placed"]


def test_only_where_one_may_add_and_not_twice_in_one_folder(acting, world, place, master):
    place("rhea", "folder")
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        with pytest.raises(Invalid):
            actions.place(rhea, fetch(rhea, Library.READ_FILE, master), folders=[folder])
    with acting("ravi") as ravi:
        folder = ravi.session.get_one(Folder, world.pks["folder"])
        with pytest.raises(NotFound):
            actions.place(ravi, fetch(ravi, Library.READ_FILE, master), folders=[folder])
        with pytest.raises(Invalid):
            queries.folders_of_ids(ravi, [world.ids["folder"]])
    with acting("rhea") as rhea:
        shelf = rhea.session.get_one(Folder, world.pks["shelf_folder"])
        with pytest.raises(Forbidden):
            actions.place(rhea, fetch(rhea, Library.READ_FILE, master), folders=[shelf])


def test_a_file_that_is_not_on_the_shelf_is_not_placed(acting, world, bring):
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, world.pks["folder"])
        file = library.add_file(rhea, folder, received=bring("Own.txt"))
        with pytest.raises(Forbidden):
            actions.place(rhea, file, folders=[folder])


def test_a_new_version_arrives_wherever_it_is_followed(place, renew, house, at, file_at, db):
    here, there = place("rhea", "folder"), place("ravi", "other_folder")
    renew(b"24 pumps: 110")
    drain(house)
    for (placement, id), who in ((here, "Rhea Rep"), (there, "Ravi Rep")):
        file = file_at(id)
        assert (file.version.number, file.version.by.name, file.version.note) == (2, who, ""), "by whom its readers know, without our note"
        assert (at(placement).number, at(placement).is_own, at(placement).newer) == (2, False, False)
    drain(house)
    assert file_at(here[1]).version.number == 2
    assert db.scalar(select(func.count()).select_from(Event).where(Event.subject_id == here[1], Event.kind == "file.version")) == 1


def test_where_the_team_asked_to_be_asked_it_waits(place, renew, house, at, file_at, acting):
    placement, id = place("rhea", "folder", follows=False)
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.number == 1
    assert at(placement).asks
    with acting("rhea") as rhea:
        actions.keep_ours(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement))
    assert not at(placement).asks
    renew(b"24 pumps: 120")
    drain(house)
    assert at(placement).asks, "yet another version is another question"
    with acting("rhea") as rhea:
        actions.take_newer(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement), note="As of January")
    assert (file_at(id).version.number, file_at(id).version.note, at(placement).number) == (2, "As of January", 3)
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.keep_ours(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement))


@pytest.mark.parametrize("how", ["added", "made current"])
def test_a_version_of_the_workspace_s_own_is_never_overwritten(place, renew, house, at, file_at, acting, bring, how):
    placement, id = place("rhea", "folder")
    renew(b"24 pumps: 110")
    drain(house)
    with acting("petra") as petra:
        file = fetch(petra, Library.ADD_VERSION, id)
        if how == "added":
            library.add_version(petra, file, received=bring("Prices.txt", b"24 pumps: 90, as agreed"))
        else:
            library.make_current(
                petra,
                file,
                version=petra.session.scalars(select(FileVersion).where(FileVersion.file_pk == file.pk, FileVersion.number == 1)).one(),
            )
    own = file_at(id).version_pk
    renew(b"24 pumps: 120")
    drain(house)
    assert file_at(id).version_pk == own
    assert (at(placement).is_own, at(placement).asks) == (True, True)
    with acting("rhea") as rhea:
        actions.take_newer(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement))
    assert (at(placement).is_own, at(placement).number) == (False, 3)


def test_an_earlier_version_made_current_on_the_shelf_comes_back_without_new_bytes(place, renew, house, at, file_at, acting, master):
    placement, id = place("rhea", "folder")
    renew(b"24 pumps: 110")
    drain(house)
    with acting("ravi") as ravi:
        file = fetch(ravi, Library.ADD_VERSION, master)
        library.make_current(
            ravi,
            file,
            version=ravi.session.scalars(select(FileVersion).where(FileVersion.file_pk == file.pk, FileVersion.number == 1)).one(),
        )
    drain(house)
    assert (file_at(id).version.number, at(placement).number, len(file_at(id).versions)) == (1, 1, 2)


def test_a_withdrawn_master_takes_nothing_away(place, renew, house, at, file_at, acting, master):
    placement, id = place("rhea", "folder")
    with acting("mona") as mona:
        library.remove_file(mona, fetch(mona, Library.REMOVE_FILE, master))
    drain(house)
    assert at(placement).withdrawn
    assert file_at(id).removed_at is None
    with acting("rhea") as rhea, pytest.raises(Invalid):
        actions.take_newer(rhea, fetch(rhea, May.CHANGE_PLACEMENT, placement))
    with acting("rhea") as rhea:
        library.restore_file(rhea, fetch(rhea, Library.RESTORE_FILE, master))
    assert not at(placement).withdrawn


def test_what_goes_with_its_folder_is_withdrawn_too(place, at, acting, master, world):
    placement, _id = place("rhea", "folder")
    with acting("nora") as nora:
        front = nora.session.get_one(Folder, world.pks["shelf_folder"])
        inner = library.make_folder_in(nora, front, name="Prices")
        library.move_file(nora, fetch(nora, Library.CHANGE_FILE, master), folder=inner)
    assert not at(placement).withdrawn
    with acting("ravi") as ravi:
        library.remove_folder(ravi, ravi.session.scalars(select(Folder).where(Folder.name == "Prices")).one())
    assert at(placement).withdrawn


def test_once_who_placed_it_is_gone_somebody_of_the_team_stands_for_it(place, renew, house, file_at, acting, world):
    _placement, id = place("rhea", "folder")
    from portal.accounts import actions as accounts
    from portal.accounts.models import Account
    from portal.people import actions as people
    from portal.people.models import Person

    with acting("ada") as ada:
        nora, rhea = ada.session.get_one(Person, world.pks["nora"]), ada.session.get_one(Person, world.pks["rhea"])
        accounts.give_account(ada, ada.session.get_one(Account, world.pks["calder"]), to=nora)
        people.suspend_person(ada, rhea)
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.by.name == "Nora Newrep"


def test_an_archive_is_left_alone_and_asks_once_it_is_open_again(place, renew, house, at, file_at, acting, world):
    placement, id = place("rhea", "folder")
    with acting("rhea") as rhea:
        rooms.archive_workspace(rhea, rhea.session.get_one(Workspace, world.pks["room"]))
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.number == 1
    assert at(placement).newer


def test_where_it_is_used_is_told_of_workspaces_that_one_may_see(place, acting, master, door, file_at, house):
    _placement, id = place("rhea", "folder")
    place("ravi", "other_folder")
    door("petra").get(f"{file_at(id).path}/download", buffered=True).close()
    door("rhea").get(f"{file_at(id).path}/download", buffered=True).close()
    told = {}
    for name in ("rhea", "mona", "ravi", "nora", "ada"):
        with acting(name) as actor:
            places = queries.places_of(actor, fetch(actor, Library.READ_FILE, master))
            told[name] = [(each.placement.file.workspace.title, each.opened, each.unread) for each in places]
    assert told == {
        "rhea": [("Leak detection", 1, 2)],
        "mona": [("Leak detection", 1, 2)],
        "ravi": [("Cold chain", 0, 1)],
        "nora": [],
        "ada": [],
    }


def test_a_folder_for_fewer_shows_its_placement_to_fewer(acting, place, master):
    place("rhea", "safe")
    with acting("rhea") as rhea:
        assert [each.unread for each in queries.places_of(rhea, fetch(rhea, Library.READ_FILE, master))] == [0]
    with acting("petra") as petra:
        assert petra.session.scalars(allowed(petra, May.READ_PLACEMENT)).all() == []


def test_what_a_workspace_removed_is_no_place_any_more(acting, place, master, renew, house, file_at, db):
    _placement, id = place("rhea", "folder")
    with acting("rhea") as rhea:
        library.remove_file(rhea, fetch(rhea, Library.REMOVE_FILE, id))
    renew(b"24 pumps: 110")
    drain(house)
    assert file_at(id).version.number == 1
    with acting("rhea") as rhea:
        assert queries.places_of(rhea, fetch(rhea, Library.READ_FILE, master)) == []
    assert db.scalar(select(func.count()).select_from(Placement)) == 1
