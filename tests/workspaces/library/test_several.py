"""Several files at once, and folders that go elsewhere."""

import io
import re
import zipfile

import pytest
from sqlalchemy import select

from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.events import Event
from tests.conftest import csrf_of, post
from workspaces.library import actions
from workspaces.library.actions.folders import DEEPEST
from workspaces.library.models import File, Folder
from workspaces.rooms.models import Workspace


@pytest.fixture
def files(acting, world, bring):
    """Ids of two of Petra's files and the path for several."""
    with acting("petra") as petra:
        folder = petra.session.get_one(Folder, world.pks["folder"])
        made = [actions.add_file(petra, folder, received=bring(name)).id for name in ("a.txt", "b.txt")]
        actions.make_folder_in(petra, folder, name="Photos")
        return made, f"{folder.workspace.path}files/several"


def folder_id(db, name: str) -> str:
    id = db.scalars(select(Folder.id).where(Folder.name == name)).one()
    db.rollback()
    return id


def standing(db) -> list[tuple[str, str]]:
    db.rollback()
    return sorted((file.name, file.folder.name) for file in db.scalars(select(File).where(File.removed_at.is_(None))))


def test_the_list_offers_it(door, world, files):
    page = door("petra").get(f"/w/{world.ids['room']}/files/").text
    assert len(re.findall(r'form="several" name="files"', page)) == 2
    assert 'value="remove"' in page
    assert 'value="zip"' in (reader := door("rolf").get(f"/w/{world.ids['room']}/files/").text)
    assert 'name="act" value="remove"' not in reader


def test_several_are_removed_and_brought_back(door, db, files):
    ids, url = files
    petra = door("petra")
    assert post(petra, url, act="remove", files=ids).status_code == 303
    assert standing(db) == []
    assert post(petra, url, act="restore", files=",".join(ids)).status_code == 303
    assert [name for name, _folder in standing(db)] == ["a.txt", "b.txt"]


def test_several_are_moved_and_the_move_is_undone(door, db, world, files):
    ids, url = files
    petra = door("petra")
    answer = post(petra, url, act="move", files=ids, folder=folder_id(db, "Photos"))
    assert answer.status_code == 303
    assert standing(db) == [("a.txt", "Photos"), ("b.txt", "Photos")]
    assert f'value="{",".join(ids)}"' in petra.get(answer.location).text
    post(petra, url, act="move", files=",".join(ids), folder=world.ids["folder"])
    assert [folder for _name, folder in standing(db)] == ["Files", "Files"]


def test_where_more_would_see_them_that_is_asked_first(door, acting, db, world, bring):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        safe = actions.make_folder(rhea, room, name="Margins", audience="staff")
        ids = [actions.add_file(rhea, safe, received=bring(name)).id for name in ("x.txt", "y.txt")]
        url = f"{room.path}files/several"
    rhea = door("rhea")
    answer = post(rhea, url, act="move", files=ids, folder=world.ids["folder"])
    assert answer.status_code == 422
    assert "more people could see it there" in answer.text
    assert [folder for _name, folder in standing(db)] == ["Margins", "Margins"]
    assert post(rhea, url, act="move", files=ids, folder=world.ids["folder"], confirm="1").status_code == 303
    assert [folder for _name, folder in standing(db)] == ["Files", "Files"]


def test_several_come_as_a_zip(door, files):
    ids, url = files
    rolf = door("rolf")
    answer = rolf.post(url, data={"csrf_token": csrf_of(rolf), "act": "zip", "files": ids})
    assert zipfile.ZipFile(io.BytesIO(answer.data)).namelist() == ["a.txt", "b.txt", "About this copy.txt"]


def test_all_or_none(door, acting, db, world, bring, files):
    ids, url = files
    with acting("rhea") as rhea:
        mine = actions.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=bring("rhea.txt")).id
        safe = actions.make_folder(rhea, rhea.session.get_one(Workspace, world.pks["room"]), name="Margins", audience="staff")
        hidden = actions.add_file(rhea, safe, received=bring("hidden.txt")).id
    before = standing(db)
    for chosen in ([*ids, mine], [*ids, hidden], [*ids, "nothing"], []):
        assert post(door("petra"), url, act="remove", files=chosen).status_code == 303
        assert standing(db) == before
    assert post(door("petra"), url, act="burn", files=ids).status_code == 303
    assert post(door("rolf"), url, act="remove", files=ids).status_code == 303
    assert standing(db) == before
    assert post(door("otto"), url, act="remove", files=ids).status_code == 404


# --- Folders ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def folders(acting, world):
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        one = actions.make_folder(rhea, room, name="One")
        two = actions.make_folder_in(rhea, one, name="Two")
        return one.pk, two.pk, actions.make_folder(rhea, room, name="Three").pk


def test_a_folder_goes_elsewhere_with_all_in_it_and_keeps_its_people(acting, db, folders):
    one, _two, three = folders
    with acting("rhea") as rhea:
        folder = rhea.session.get_one(Folder, one)
        audience = folder.open_audience_pk
        actions.move_folder(rhea, folder, parent=rhea.session.get_one(Folder, three))
        assert (folder.parent_pk, folder.open_audience_pk) == (three, audience)
        actions.move_folder(rhea, folder, parent=None)
        assert folder.parent_pk is None
    assert len(db.scalars(select(Event).where(Event.kind == "folder.moved")).all()) == 2


def test_where_a_folder_cannot_go(acting, world, folders):
    one, two, three = folders
    with acting("rhea") as rhea:
        get = rhea.session.get_one
        for pk in (one, two):
            with pytest.raises(Invalid):
                actions.move_folder(rhea, get(Folder, one), parent=get(Folder, pk))
        actions.make_folder_in(rhea, get(Folder, three), name="One")
        with pytest.raises(Invalid) as wrong:
            actions.move_folder(rhea, get(Folder, one), parent=get(Folder, three))
        assert wrong.value.errors[0][0] == "name"
        deep = get(Folder, three)
        for n in range(DEEPEST - 2):
            deep = actions.make_folder_in(rhea, deep, name=f"{n}")
        with pytest.raises(Invalid):
            actions.move_folder(rhea, get(Folder, one), parent=deep)
    with acting("petra") as petra, pytest.raises(Forbidden):
        actions.move_folder(petra, petra.session.get_one(Folder, one), parent=None)


def test_its_page_and_the_api_move_it(door, db, folders):
    rhea = door("rhea")
    one, three = (db.get_one(Folder, pk) for pk in (folders[0], folders[2]))
    assert "Three" in rhea.get(f"{one.path}/move").text
    assert post(rhea, f"{one.path}/move", parent=three.id).status_code == 303
    assert post(rhea, f"{one.path}/move", parent=one.id).status_code == 422
    assert post(door("petra"), f"{one.path}/move", parent="").status_code == 403
    api, told = f"/api/v1/folders/{one.id}", {"X-CSRFToken": csrf_of(rhea)}
    assert rhea.get(api).json["parent"] == three.id
    assert rhea.patch(api, json={"parent": None}, headers=told).json["parent"] is None
    assert rhea.patch(api, json={"parent": "nothing"}, headers=told).status_code == 422
