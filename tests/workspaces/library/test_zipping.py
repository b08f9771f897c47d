"""A folder as a ZIP: what is in it, what is not, and that it takes no more memory than one piece."""

import io
import tracemalloc
import zipfile

import pytest
from sqlalchemy import select

from portal.kernel.policy import fetch
from portal.people.models import Person
from tests.workspaces.library.conftest import HOSTILE_NAMES, PDF
from workspaces.library import actions, queries
from workspaces.library.models import File, FileView, Folder
from workspaces.library.policy import May
from workspaces.library.receiving import take
from workspaces.library.zipping import PIECE, Packing, Said
from workspaces.rooms.actions import remove_member
from workspaces.rooms.models import Workspace

SAID = Said("About.txt", "Lead.", "Left out:", "gone", "unreadable", "held")


@pytest.fixture
def place(acting, world, bring):
    """The path of a folder with two files, one of them in a folder inside."""
    with acting("petra") as petra:
        folder = petra.session.get_one(Folder, world.pks["folder"])
        actions.add_file(petra, folder, received=bring("Survey.pdf", PDF))
        inside = actions.make_folder_in(petra, folder, name="Photos 1/2")
        actions.add_file(petra, inside, received=bring("North.txt", b"north"))
        return folder.path


def opened(answer) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    return archive


def test_a_folder_comes_with_what_lies_in_it(door, place):
    answer = door("rolf").get(f"{place}/zip")
    archive = opened(answer)
    assert sorted(archive.namelist()) == ["About this copy.txt", "Photos 1_2/North.txt", "Survey.pdf"]
    assert archive.read("Survey.pdf") == PDF
    assert archive.read("Photos 1_2/North.txt") == b"north"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = archive.read("About this copy.txt").decode()
    assert "could see it on" in text
    assert "Left out" not in text


def test_the_whole_library_and_the_api(door, world, place, db):
    path = db.get_one(Workspace, world.pks["room"]).path
    db.rollback()
    assert any(name.endswith("North.txt") for name in opened(door("petra").get(f"{path}files/zip")).namelist())
    assert "Survey.pdf" in opened(door("petra").get(f"/api/v1/folders/{world.ids['folder']}/zip")).namelist()


def test_what_is_for_others_is_not_in_it_and_leaves_no_trace(door, acting, world, bring, place):
    asked = place.rsplit("/", 1)[0] + "/zip"
    before = sorted(opened(door("petra").get(asked)).namelist())
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        safe = actions.make_folder(rhea, room, name="Margins", audience="staff")
        actions.add_file(rhea, safe, received=bring("Margins.xlsx", b"secret"))
    assert "Margins/Margins.xlsx" in opened(door("rhea").get(asked)).namelist()
    after = opened(door("petra").get(asked))
    assert sorted(after.namelist()) == before
    assert b"argin" not in after.read("About this copy.txt")


def test_outsiders_get_nothing(door, place):
    assert door("otto").get(f"{place}/zip").status_code == door("nils").get(f"{place}/zip").status_code == 404


def test_what_comes_counts_as_opened(door, acting, place, db):
    opened(door("rolf").get(f"{place}/zip"))
    opened(door("rolf").get(f"{place}/zip"))
    assert len(db.scalars(select(FileView)).all()) == 2  # two files, once an hour
    assert door("mark").head(f"{place}/zip").status_code == 200
    assert len(db.scalars(select(FileView)).all()) == 2


def packing(house, world, name="petra") -> Packing:
    return Packing(house, world.pks[name], True, SAID)


def wanted(acting, world, name="petra"):
    with acting(name) as actor:
        folder = actor.session.get_one(Folder, world.pks["folder"])
        return queries.wanted_in(actor, queries.tree(actor, folder.workspace), folder)


def text_of(pieces) -> tuple[list[str], str]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    return archive.namelist(), archive.read("About.txt").decode()


def test_what_is_removed_while_it_is_made_is_left_out_and_named(acting, house, world, place):
    files = wanted(acting, world)
    pieces = packing(house, world).pieces(files)
    with acting("petra") as petra:
        id = petra.session.scalars(select(File.id).where(File.name == "Survey.pdf")).one()
        actions.remove_file(petra, fetch(petra, May.REMOVE_FILE, id))
    names, text = text_of(pieces)
    assert names == ["Photos 1_2/North.txt", "About.txt"]
    assert "Left out:\n- Survey.pdf: gone" in text


def test_who_is_put_out_while_it_is_made_gets_nothing_more(acting, house, world, place):
    files = wanted(acting, world)
    pieces = packing(house, world).pieces(files)
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        remove_member(rhea, room, person=rhea.session.get_one(Person, world.pks["petra"]))
    names, _text = text_of(pieces)
    assert names == ["About.txt"]


def test_bytes_that_are_missing_are_said_so(acting, house, world, place):
    files = wanted(acting, world)
    with house.db.reading() as session:
        sha256 = session.scalars(select(File).where(File.name == "Survey.pdf")).one().version.sha256
    house.storage.remove(sha256)
    names, text = text_of(packing(house, world).pieces(files))
    assert "Survey.pdf" not in names
    assert "- Survey.pdf: unreadable" in text


def test_names_are_harmless_and_each_its_own(acting, house, world, bring):
    with acting("petra") as petra:
        folder = petra.session.get_one(Folder, world.pks["folder"])
        for n, name in enumerate((*HOSTILE_NAMES, "Twin.txt", "TWIN.txt")):
            actions.add_file(petra, folder, received=bring(name, b"%d" % n), both=True)
        actions.make_folder_in(petra, folder, name="..")
        inside = actions.make_folder_in(petra, folder, name="../../etc")
        actions.add_file(petra, inside, received=bring("passwd"))
    names, _text = text_of(packing(house, world).pieces(wanted(acting, world)))
    assert len({name.casefold() for name in names}) == len(names) == len(HOSTILE_NAMES) + 4
    for name in names:
        parts = name.split("/")
        assert not name.startswith("/")
        assert "\\" not in name
        assert ":" not in name
        assert all(part and part.strip(". ") and len(part.encode()) <= 255 for part in parts)


def test_it_takes_the_memory_of_a_piece(acting, house, world, bring):
    large = b"".join(n.to_bytes(4, "big") * 1024 for n in range(4096))  # 16 MB
    with acting("petra") as petra:
        actions.add_file(
            petra, petra.session.get_one(Folder, world.pks["folder"]), received=take(house.storage, "large.bin", [large], 1 << 30)
        )
    del large
    files = wanted(acting, world)
    tracemalloc.start()
    try:
        longest = max(len(piece) for piece in packing(house, world).pieces(files))
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert longest < 4 * PIECE
    assert most < 4 << 20
