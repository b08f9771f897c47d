"""What is done in the library, case by case."""

import pytest
from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.clock import now, standing_at
from portal.kernel.errors import Forbidden, Invalid, NotFound, Refused
from portal.kernel.events import Event
from portal.kernel.policy import allowed, fetch, may
from tests.workspaces.library.conftest import PDF
from workspaces.library import actions, queries
from workspaces.library.models import File, FileView, Folder
from workspaces.library.policy import RESTS, May
from workspaces.rooms.actions import remove_member
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.queries.start import start_here


def folder_of(actor: Actor, world, name="folder") -> Folder:
    return actor.session.get_one(Folder, world.pks[name])


@pytest.fixture
def survey(acting, world, bring):
    """A file of Petra's in the open folder."""
    with acting("petra") as petra:
        return actions.add_file(petra, folder_of(petra, world), received=bring("Survey.pdf", PDF), note="First issue").id


def test_a_file_is_added_with_its_folders_audience_and_account(acting, world, bring, db):
    with acting("petra") as petra:
        file = actions.add_file(petra, folder_of(petra, world), received=bring("Survey.pdf", PDF), note="First issue")
    file = db.get_one(File, file.pk)
    assert (file.name, file.version.number, file.version.mime, file.version.note) == ("Survey.pdf", 1, "application/pdf", "First issue")
    assert file.audience_pk == file.folder.open_audience_pk
    assert file.account_pk == world.pks["calder"]
    event = db.scalars(select(Event).where(Event.kind == "file.added")).one()
    assert (event.subject_id, event.facts["name"], event.facts["sha256"]) == (file.id, "Survey.pdf", file.version.sha256)
    assert event.account_pk == world.pks["calder"]


@pytest.mark.parametrize("name", ["rolf", "nils", "otto", "paul", "ravi", "nobody"])
def test_who_does_not_take_part_adds_nothing(acting, world, bring, name):
    with acting("petra") as petra:
        actions.add_file(petra, folder_of(petra, world), received=bring("can.pdf"))
    with acting(name) as actor, pytest.raises(Refused) as refused:
        actions.add_file(actor, folder_of(actor, world), received=bring("cannot.pdf"))
    assert type(refused.value).__name__ == {"rolf": "Forbidden", "nobody": "NotSignedIn"}.get(name, "NotFound")


def test_the_same_name_is_a_new_version_unless_both_are_kept(acting, world, bring, survey):
    with acting("rhea") as rhea:
        folder = folder_of(rhea, world)
        again = actions.add_file(rhea, folder, received=bring("Survey.pdf", b"second"), note="Heights corrected")
        assert (again.id, again.version.number, again.version.by.name) == (survey, 2, "Rhea Rep")
        other = actions.add_file(rhea, folder, received=bring("Survey.pdf", b"third"), both=True)
        assert (other.name, other.version.number) == ("Survey (2).pdf", 1)
        assert [each.number for each in queries.versions_of(rhea, again)] == [2, 1]


def test_equal_bytes_are_no_new_version(acting, world, bring, survey):
    with acting("rhea") as rhea:
        file = fetch(rhea, May.READ_FILE, survey)
        actions.add_version(rhea, file, received=bring("x", PDF))
        assert file.version.number == 1


def test_renaming(acting, world, bring, survey):
    with acting("petra") as petra:
        actions.add_file(petra, folder_of(petra, world), received=bring("Taken.pdf"))
        file = fetch(petra, May.CHANGE_FILE, survey)
        with pytest.raises(Invalid) as wrong:
            actions.rename_file(petra, file, name="Taken.pdf")
        assert wrong.value.errors[0][0] == "name"
        actions.rename_file(petra, file, name="../Survey of\u202e May.pdf")
        assert file.name == "Survey of May.pdf"
    with acting("rolf") as rolf, pytest.raises(Forbidden):
        actions.rename_file(rolf, fetch(rolf, May.READ_FILE, survey), name="Mine.pdf")


def test_moving_into_a_wider_audience_asks_first(acting, world, bring):
    with acting("rhea") as rhea:
        inner = actions.add_file(rhea, folder_of(rhea, world, "safe"), received=bring("Margin.xlsx"))
        with pytest.raises(Invalid) as asked:
            actions.move_file(rhea, inner, folder=folder_of(rhea, world))
        assert asked.value.errors[0] == ("confirm", "3 more people could see it there: Mark Moderator, Petra Prospect, Rolf Reader.")
        pk = inner.pk
    with acting("petra") as petra:
        assert petra.session.scalar(allowed(petra, May.READ_FILE).where(File.pk == pk)) is None
    with acting("rhea") as rhea:
        actions.move_file(rhea, rhea.session.get_one(File, pk), folder=folder_of(rhea, world), confirmed=True)
    with acting("petra") as petra:
        assert petra.session.scalar(allowed(petra, May.READ_FILE).where(File.pk == pk)).name == "Margin.xlsx"


def test_moving_into_a_narrower_audience_takes_it_away_at_once(acting, world, survey):
    with acting("rhea") as rhea:
        file = fetch(rhea, May.CHANGE_FILE, survey)
        actions.move_file(rhea, file, folder=folder_of(rhea, world, "safe"))
        event = rhea.session.scalars(select(Event).where(Event.kind == "file.moved")).one()
        assert event.audience_pk == file.audience_pk == file.folder.open_audience_pk
    with acting("petra") as petra, pytest.raises(NotFound):
        fetch(petra, May.READ_FILE, survey)


def test_nothing_moves_to_another_workspace_or_where_one_may_not_add(acting, world, survey):
    with acting("rhea") as rhea:
        other = rhea.session.scalars(select(Folder).where(Folder.workspace_pk == world.pks["side"])).one()
        with pytest.raises(Invalid):
            actions.move_file(rhea, fetch(rhea, May.CHANGE_FILE, survey), folder=other)
    with acting("petra") as petra, pytest.raises(NotFound):
        actions.move_file(petra, fetch(petra, May.CHANGE_FILE, survey), folder=folder_of(petra, world, "safe"))


def test_removed_and_brought_back_within_30_days(acting, world, bring, survey):
    with acting("petra") as petra:
        actions.remove_file(petra, fetch(petra, May.REMOVE_FILE, survey))
    with acting("rolf") as rolf, pytest.raises(NotFound):
        fetch(rolf, May.READ_FILE, survey)
    with acting("mark") as mark, pytest.raises(NotFound):
        fetch(mark, May.RESTORE_FILE, survey)
    with acting("petra") as petra:
        actions.add_file(petra, folder_of(petra, world), received=bring("Survey.pdf", b"another"))
        actions.restore_file(petra, fetch(petra, May.RESTORE_FILE, survey))
        assert fetch(petra, May.READ_FILE, survey).name == "Survey (2).pdf"
        actions.remove_file(petra, fetch(petra, May.REMOVE_FILE, survey))
    with standing_at(now() + RESTS), acting("petra") as petra, pytest.raises(NotFound):
        fetch(petra, May.RESTORE_FILE, survey)


def test_start_here_holds_four(acting, world, bring):
    with acting("rhea") as rhea:
        folder = folder_of(rhea, world)
        files = [actions.add_file(rhea, folder, received=bring(f"{n}.pdf")) for n in range(5)]
        for file in files[:4]:
            actions.pin_file(rhea, file, pinned=True)
        with pytest.raises(Invalid):
            actions.pin_file(rhea, files[4], pinned=True)
        actions.pin_file(rhea, files[0], pinned=False)
        actions.pin_file(rhea, files[4], pinned=True)
        room = rhea.session.get_one(Workspace, world.pks["room"])
        assert [each.title for each in start_here(rhea, room)] == ["1.pdf", "2.pdf", "3.pdf", "4.pdf"]
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.pin_file(petra, fetch(petra, May.READ_FILE, files[0].id), pinned=True)


def test_a_folder_goes_with_all_that_is_in_it_and_comes_back_with_it(acting, world, bring, survey):
    with acting("petra") as petra:
        inner = actions.make_folder_in(petra, folder_of(petra, world), name="Photos")
        deeper = actions.make_folder_in(petra, inner, name="May")
        picture = actions.add_file(petra, deeper, received=bring("one.png"))
        with pytest.raises(Forbidden):
            actions.remove_folder(petra, inner)
    with acting("rhea") as rhea:
        actions.remove_folder(rhea, fetch(rhea, May.CHANGE_FOLDER, inner.id))
        actions.make_folder_in(rhea, folder_of(rhea, world), name="Photos")  # the name is free again
    with acting("petra") as petra:
        assert not may(petra, May.READ_FILE, picture)
        assert not may(petra, May.READ_FOLDER, deeper)
        assert may(petra, May.READ_FILE, fetch(petra, May.READ_FILE, survey))
    with acting("rhea") as rhea:
        gone = fetch(rhea, May.RESTORE_FOLDER, inner.id)
        with pytest.raises(Invalid):
            actions.restore_folder(rhea, gone)
        twin = rhea.session.scalars(select(Folder).where(Folder.name == "Photos", Folder.removed_at.is_(None))).one()
        actions.rename_folder(rhea, twin, name="Other photos")
        actions.restore_folder(rhea, gone)
    with acting("petra") as petra:
        assert fetch(petra, May.READ_FILE, picture.id).name == "one.png"


def test_folders_inside_keep_to_the_people_of_the_one_around(acting, world, bring):
    with acting("rhea") as rhea:
        inner = actions.make_folder_in(rhea, folder_of(rhea, world, "safe"), name="Drafts")
        procurement = actions.make_folder(
            rhea, inner.workspace, name="Procurement", audience=rhea.session.get_one(Group, world.pks["group"])
        )
        below = actions.make_folder_in(rhea, procurement, name="Offers")
    with acting("petra") as petra:
        assert not may(petra, May.READ_FOLDER, inner)
        assert may(petra, May.READ_FOLDER, below)
    with acting("mark") as mark:
        assert not may(mark, May.READ_FOLDER, below)
        tree = queries.tree(mark, mark.session.get_one(Workspace, world.pks["room"]))
        assert [each.name for each in tree.inside(None)] == []
    with acting("petra") as petra:
        tree = queries.tree(petra, petra.session.get_one(Workspace, world.pks["room"]))
        assert [(each.name, tree.meant(each)) for each in tree.inside(None)] == [("Procurement", "Procurement")]


def test_folder_names_and_depth_are_bounded(acting, world):
    with acting("petra") as petra:
        folder = folder_of(petra, world)
        actions.make_folder_in(petra, folder, name="Photos")
        with pytest.raises(Invalid):
            actions.make_folder_in(petra, folder, name="Photos")
        for n in range(11):
            folder = actions.make_folder_in(petra, folder, name=f"Level {n}")
        with pytest.raises(Invalid, match="deep"):
            actions.make_folder_in(petra, folder, name="One more")


def test_views_are_remembered_once_an_hour_and_seen_by_both_sides(acting, world, survey, db):
    for name in ("petra", "petra", "rhea", "mark"):
        with acting(name) as actor:
            actions.note_view(actor, fetch(actor, May.READ_FILE, survey).version)
    assert len(list(db.scalars(select(FileView)))) == 3
    with acting("petra") as petra:
        views = queries.views_of(petra, fetch(petra, May.READ_FILE, survey))
        assert {each.person.name for each in views.viewers} == {"Petra Prospect", "Rhea Rep", "Mark Moderator"}
        assert views.readers == 5


def test_of_another_company_a_client_is_shown_nobody(acting, world, survey):
    """Otto's company sits in the same room, as in a community."""
    from workspaces.rooms.models import COMMUNITY, Membership, WorkspaceAccount

    with acting("system") as system:
        room = system.session.get_one(Workspace, world.pks["room"])
        room.kind = COMMUNITY
        system.session.add(WorkspaceAccount(workspace_pk=room.pk, account_pk=world.pks["otway"]))
        system.session.flush()
        system.session.add(Membership(workspace_pk=room.pk, person_pk=world.pks["otto"], account_pk=world.pks["otway"], role="member"))
    for name in ("petra", "otto", "rhea"):
        with acting(name) as actor:
            actions.note_view(actor, fetch(actor, May.READ_FILE, survey).version)
    seen = {}
    for name in ("petra", "otto", "rhea"):
        with acting(name) as actor:
            views = queries.views_of(actor, fetch(actor, May.READ_FILE, survey))
            seen[name] = {each.person.first_name for each in views.viewers}, views.readers
    assert seen == {"petra": ({"Petra", "Rhea"}, 4), "otto": ({"Otto", "Rhea"}, 2), "rhea": ({"Petra", "Rhea", "Otto"}, 5)}


def test_who_was_removed_reads_nothing_any_more(acting, world, survey):
    with acting("petra") as petra:
        assert fetch(petra, May.READ_FILE, survey)
    with acting("rhea") as rhea:
        remove_member(rhea, rhea.session.get_one(Workspace, world.pks["room"]), person=world.actor(rhea.session, "petra").person)
    with acting("petra") as petra:
        for verb in (May.READ_FILE, May.CHANGE_FILE, May.RESTORE_FILE, May.ADD_VERSION):
            with pytest.raises(NotFound):
                fetch(petra, verb, survey)


def test_new_files_count_until_opened(acting, world, bring, survey):
    from datetime import timedelta

    from workspaces.rooms.models import Visit

    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        assert rhea.session.scalar(select(queries.count_new(rhea, room))) == 0  # on a first visit everything would be
        before = now() - timedelta(days=1)
        rhea.session.add(Visit(workspace_pk=room.pk, person_pk=rhea.pk, before=before, last=now()))
        rhea.session.flush()
        assert rhea.session.scalar(select(queries.count_new(rhea, room))) == 1
        file = fetch(rhea, May.READ_FILE, survey)
        assert queries.new_files(rhea, room, [file]) == {file.pk}
        actions.note_view(rhea, file.version)
        rhea.session.flush()
        assert rhea.session.scalar(select(queries.count_new(rhea, room))) == 0
        assert queries.new_files(rhea, room, [file]) == set()
