"""Backups: everything in one file while people work, and back again with what was taken away since kept away."""

import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

import wsgi
from portal.accounts import actions as accounts
from portal.accounts.models import Account
from portal.kernel import backups, blobs, checks, erasing, migrations
from portal.kernel.backups import Damaged, Restored, Unusable, copying
from portal.kernel.db import Base
from portal.kernel.erasing import WrongList
from portal.kernel.house import House
from portal.kernel.settings import prepared
from portal.people import actions as people
from portal.people import sign_ins
from portal.people.models import Person, SignIn, Token
from tests.cast import World
from tests.conftest import POSTGRESQL, _drop, _new_database
from tests.workings import drain
from workspaces.library import actions as library
from workspaces.library.jobs import sweep
from workspaces.library.models import FileVersion, Folder
from workspaces.library.receiving import take
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions.members import join, membership_of
from workspaces.rooms.models import Workspace

BYTES = [b"The survey of the six stations.\n" * 4000, b"Prices.\n"]


@pytest.fixture
def kept(house: House, world: World, acting) -> House:
    """The world with two files in it, at our revision, its index built."""
    migrations.run(house.db, command.stamp, "head")
    for number, content in enumerate(BYTES):
        received = take(house.storage, f"{number}.txt", [content], 10**6)
        with acting("rhea") as rhea:
            library.add_file(rhea, rhea.session.get_one(Folder, world.pks["folder"]), received=received)
    drain(house)
    return house


Empty = Callable[[], House]


@pytest.fixture
def empty(house: House, tmp_path: Path) -> Iterator[Empty]:
    """`empty()`: a house of the same kind of database with nothing in it."""
    made: list[House] = []

    def build() -> House:
        url = _new_database("restored") if POSTGRESQL else ""
        told = replace(house.settings, data_dir=tmp_path / f"empty{len(made)}", database_url=url, backup_dir=None)
        made.append(wsgi.build_house(prepared(told)))
        return made[-1]

    yield build
    for each in made:
        each.close()
        if POSTGRESQL:
            _drop(each.settings.database_url)


def restored(house: House, file: Path, *lists: Path) -> Restored:
    return backups.restore(house, file, list(lists))


def counts(house: House) -> dict[str, int]:
    with house.db.reading() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}


def test_what_is_backed_up_comes_back(kept: House, empty: Empty, tmp_path: Path) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert made.manifest.blobs == 2
    assert made.manifest.blob_bytes == sum(map(len, BYTES))
    assert backups.check(made.file, folder=tmp_path) == made.manifest
    there = empty()
    came = restored(there, made.file)
    assert (came.breaches, came.left) == ({}, [])
    before, after = counts(kept), counts(there)
    assert {name: after[name] for name in before if name not in ("outbox", "bus", "index_state")} == {
        name: before[name] for name in before if name not in ("outbox", "bus", "index_state")
    }
    with there.db.reading() as session:
        for sha256, size in session.execute(select(FileVersion.sha256, FileVersion.size)):
            assert there.storage.path(sha256).stat().st_size == size
    assert dict(there.search.keys()) == dict(kept.search.keys()) != {}
    assert list(tmp_path.glob(".mainstay-backup-*")) == []
    assert not (there.settings.data_dir / "restoring").exists()


def test_people_go_on_writing_where_it_was_restored(kept: House, empty: Empty, tmp_path: Path, world: World) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    there = empty()
    restored(there, made.file)
    with there.db.writing() as session:
        rhea = world.actor(session, "rhea")
        calder = session.get_one(Account, world.pks["calder"])
        new = rooms.open_workspace(rhea, title="After the fire", accounts=[calder])
        assert new.pk > max(world.pks["room"], world.pks["other"])
    drain(there)
    assert not any(checks.breaches(there).values())


def test_sqlite_and_back_carry_the_same_rows(kept: House, tmp_path: Path) -> None:
    """The one form of a backup holds every value of every table, whichever database it came from."""
    copying.take(kept.db, tmp_path / "one.db")
    with copying.reading(tmp_path / "one.db").connect() as copy, kept.db.engine.connect() as own:
        for table in Base.metadata.sorted_tables:
            order = list(table.primary_key.columns)
            asked = select(table).order_by(*order)
            assert [tuple(row) for row in copy.execute(asked)] == [tuple(row) for row in own.execute(asked)], table.name


def test_every_bad_member_is_named_and_nothing_is_touched(kept: House, empty: Empty, tmp_path: Path) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    with tarfile.open(made.file) as tar:
        members = [(each.name, each.offset_data, each.size) for each in tar if each.size]
    assert len(members) >= 6
    there = empty()
    for name, offset, size in members:
        spoilt = tmp_path / "spoilt.tar"
        raw = bytearray(made.file.read_bytes())
        raw[offset + size // 2] ^= 1
        spoilt.write_bytes(raw)
        with pytest.raises(Damaged, match="manifest.json" if name.startswith("manifest") else name):
            restored(there, spoilt)
    for end in (members[-1][1] + 1, members[2][1] + 1000, 700, 100):
        spoilt.write_bytes(made.file.read_bytes()[:end])
        with pytest.raises(Unusable):
            restored(there, spoilt)
    assert not any(each.is_file() for each in (there.settings.data_dir / "blobs").rglob("*"))
    assert restored(there, made.file).breaches == {}, "the whole one still goes in"


def test_a_member_too_many_or_in_another_place_is_refused(kept: House, empty: Empty, tmp_path: Path) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    with tarfile.open(made.file) as tar:
        members = [(each, tar.extractfile(each).read()) for each in tar]  # type: ignore[union-attr]
    for name, order in {"more": [*members, members[0]], "turned": [*members[:-2], members[-1], members[-2]], "short": members[:-1]}.items():
        with tarfile.open(tmp_path / f"{name}.tar", "w") as tar:
            for about, content in order:
                tar.addfile(about, io.BytesIO(content))
        with pytest.raises(Damaged):
            restored(empty(), tmp_path / f"{name}.tar")


def test_only_an_empty_place_is_restored_into(kept: House, empty: Empty, tmp_path: Path) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    before = counts(kept)
    with pytest.raises(Unusable, match="empty"):
        restored(kept, made.file)
    assert counts(kept) == before
    there = empty()
    (there.settings.data_dir / "notes.txt").write_text("somebody's")
    with pytest.raises(Unusable, match=r"not empty \(notes.txt\)"):
        restored(there, made.file)


def test_a_restore_that_was_cut_off_is_done_again(kept: House, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    there = empty()
    put, left = there.storage.put, [1]

    def breaks(chunks, limit):  # type: ignore[no-untyped-def]
        if not left:
            raise KeyboardInterrupt
        left.pop()
        return put(chunks, limit)

    monkeypatch.setattr(there.storage, "put", breaks)
    with pytest.raises(KeyboardInterrupt):
        restored(there, made.file)
    monkeypatch.undo()
    assert not (there.settings.data_dir / "mainstay.db").exists(), "what was cut off is no installation"
    assert restored(there, made.file).breaches == {}


@pytest.mark.parametrize("content", [b"", b"Dear diary", b"SQLite format 3\0" + b"x" * 5000])
def test_what_is_no_backup_is_refused_in_one_line(empty: Empty, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(Unusable, match=r"mainstay backup FILE|cut off|missing") as refused:
        restored(empty(), tmp_path / "x")
    assert "\n" not in str(refused.value)
    with pytest.raises(Unusable, match="No such file"):
        restored(empty(), tmp_path / "y")


def test_a_backup_of_a_newer_program_is_refused(kept: House, empty: Empty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "revision_of", lambda engine: "9999")
    made = backups.make(kept, tmp_path / "b.tar")
    monkeypatch.undo()
    with pytest.raises(migrations.Unfit, match="newer Mainstay"):
        restored(empty(), made.file)


@pytest.mark.skipif(bool(POSTGRESQL), reason="a PostgreSQL database is brought to the program's revision before it is backed up")
def test_an_older_backup_is_brought_forward(house: House, empty: Empty, tmp_path: Path) -> None:
    first = list(ScriptDirectory(str(migrations.SCRIPTS)).walk_revisions())[-1].revision
    old, there = empty(), empty()
    migrations.run(old.db, command.upgrade, first)
    columns = "id, email, name, title, phone, is_staff, is_rep, is_manager, is_admin, timezone, language, theme, keys, created_at"
    with old.db.writing() as session:
        row = "('x', 'zoe@tidewell.example', 'Zoe', '', '', 0, 0, 0, 0, '', '', '', 1, '2026-11-01 09:00:00.000000')"
        session.execute(text(f"INSERT INTO person ({columns}) VALUES {row}"))
    made = backups.make(old, tmp_path / "b.tar")
    assert made.manifest.revision == first
    came = restored(there, made.file)
    assert came.migrated == (first != migrations.head())
    assert came.breaches == {}
    assert migrations.revision(there.db) == migrations.head()
    with there.db.reading() as session:
        assert session.scalars(select(Person.name)).all() == ["Zoe"]


def test_a_backup_never_overwrites(kept: House, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(Unusable, match="exists already"):
        backups.make(kept, tmp_path / "b.tar")
    with pytest.raises(Unusable, match="Nothing was left"):
        backups.make(kept, tmp_path / "nowhere" / "b.tar")
    assert (tmp_path / "b.tar").read_text() == "mine"


def test_bytes_that_are_not_whole_are_named_and_the_rest_is_kept(kept: House, empty: Empty, tmp_path: Path) -> None:
    with kept.db.reading() as session:
        first, second = session.scalars(select(FileVersion.sha256).order_by(FileVersion.pk)).all()
    kept.storage.path(first).write_bytes(b"rotten")
    made = backups.make(kept, tmp_path / "b.tar")
    assert made.manifest.damaged == [first]
    there = empty()
    came = restored(there, made.file)
    assert set(came.breaches) == {"blobs"}
    assert there.storage.path(second).read_bytes() == BYTES[1]


def test_nothing_is_swept_while_it_is_copied(kept: House) -> None:
    stray = kept.storage.put([b"nobody's"], 100)
    os.utime(kept.storage.path(stray.sha256), (1, 1))
    with blobs.staying(kept):
        assert sweep(kept) == 0
    assert sweep(kept) == 1


def test_a_backup_waits_for_the_sweep(kept: House, tmp_path: Path) -> None:
    done = threading.Event()

    def make() -> None:
        backups.make(kept, tmp_path / "b.tar")
        done.set()

    with blobs.staying(kept):
        waiting = threading.Thread(target=make)
        waiting.start()
        assert not done.wait(0.5)
    assert done.wait(60)
    waiting.join(10)


def test_sessions_links_and_tokens_do_not_come_alive_again(kept: House, empty: Empty, tmp_path: Path, world: World) -> None:
    with kept.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        session_token = sign_ins.begin(session, rhea)[1]
        api_token = people.make_token(world.actor(session, "rhea"), name="robot", scopes=["write"])[1]
        link = sign_ins.make_link(session, rhea)
    for each in (session_token, api_token):
        assert asks(kept, each) == 200
    made = backups.make(kept, tmp_path / "b.tar")
    there = empty()
    came = restored(there, made.file)
    assert came.done["sessions ended"] == 1
    assert came.done["API tokens revoked"] == 1
    for each in (session_token, api_token):
        assert asks(there, each) == 401
    with there.db.reading() as session:
        assert session.scalar(select(func.count(SignIn.pk)).where(SignIn.ended_at.is_(None))) == 0
        assert session.scalar(select(func.count(Token.pk)).where(Token.revoked_at.is_(None))) == 0
    assert wsgi.create_app(house=kept).test_client().get(link).status_code == 200
    assert wsgi.create_app(house=there).test_client().get(link).status_code in (404, 410)


def asks(house: House, token: str) -> int:
    app = wsgi.create_app(house=house)
    return app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_access_that_ended_since_stays_ended(kept: House, empty: Empty, tmp_path: Path, world: World, acting) -> None:
    made = backups.make(kept, tmp_path / "old.tar")
    with acting("ada") as ada:
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["ravi"]))
        people.suspend_person(ada, ada.session.get_one(Person, world.pks["nora"]))
    with acting("ada") as ada:
        people.restore_person(ada, ada.session.get_one(Person, world.pks["nora"]))
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        for name in ("petra", "rolf"):
            rooms.remove_member(rhea, room, person=rhea.session.get_one(Person, world.pks[name]))
        join(rhea, room, rhea.session.get_one(Person, world.pks["rolf"]), role="reader", account=room.accounts[0])
    drain(kept)
    listed = kept.settings.data_dir / erasing.NAME
    assert listed.stat().st_mode & 0o777 == 0o600
    assert "Ravi" not in listed.read_text()
    assert "ravi@" not in listed.read_text()
    there = empty()
    came = restored(there, made.file, listed)
    assert (came.again, came.left, came.breaches) == (2, [], {})
    with there.db.reading() as session:
        gone = {name: session.get_one(Person, world.pks[name]).suspended_at is not None for name in ("ravi", "nora", "rhea")}
        assert gone == {"ravi": True, "nora": False, "rhea": False}
        rhea, room = world.actor(session, "rhea"), session.get_one(Workspace, world.pks["room"])
        inside = {name: membership_of(rhea, room, session.get_one(Person, world.pks[name])) is not None for name in ("petra", "rolf")}
        assert inside == {"petra": False, "rolf": True}
    goes_on = (there.settings.data_dir / erasing.NAME).read_text().splitlines()
    assert sorted(goes_on) == sorted(listed.read_text().splitlines())
    again = empty()
    assert restored(again, backups.make(there, tmp_path / "new.tar").file).again == 0, "it is in the new backup already"


def test_the_list_is_found_in_the_data_directory_and_beside_the_backup(kept: House, empty: Empty, tmp_path: Path, world: World) -> None:
    made = backups.make(kept, tmp_path / "old.tar")
    line = json.dumps({"what": "person.suspended", "id": world.ids["ravi"], "within": "", "at": "2026-11-20T09:00:00Z"})
    beside, within = empty(), empty()
    (within.settings.data_dir / erasing.NAME).write_text(line + "\n")
    assert restored(within, made.file).again == 1
    (tmp_path / erasing.NAME).write_text(line + "\n")
    assert restored(beside, made.file).again == 1


def test_an_erased_person_is_nowhere_in_what_was_restored(kept: House, empty: Empty, tmp_path: Path, world: World, acting) -> None:
    with acting("rhea") as rhea:
        calder = rhea.session.get_one(Account, world.pks["calder"])
        accounts.add_contact(rhea, calder, name="Petra Prospect", email="petra@calder.example")
    made = backups.make(kept, tmp_path / "old.tar")
    (tmp_path / "list").write_text(json.dumps({"what": "person", "id": world.ids["petra"], "at": "2026-11-20T09:00:00Z"}) + "\n")
    there = empty()
    came = restored(there, made.file, tmp_path / "list")
    assert (came.again, came.left, came.breaches) == (1, [], {})
    with there.db.reading() as session:
        petra = session.get_one(Person, world.pks["petra"])
        assert (petra.name, petra.gone) == ("Former member", True)
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert "Petra Prospect" not in str(row), table.name
                assert "petra@calder" not in str(row), table.name
    if there.db.is_sqlite:
        assert b"petra@calder" not in (there.settings.data_dir / "mainstay.db").read_bytes()
    assert all(b"petra@calder" not in each.read_bytes() for each in there.settings.index_dir.rglob("*") if each.is_file())


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"what": "person"}', '{"what": "forget", "id": "x"}', '{"what": "person", "id": "x", "y": 1}']
)
def test_a_list_that_is_not_understood_stops_the_restore(kept: House, empty: Empty, tmp_path: Path, line: str) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    (tmp_path / "list").write_text("\n" + line + "\n")
    there = empty()
    with pytest.raises(WrongList, match="list, line 2"):
        restored(there, made.file, tmp_path / "list")
    assert not (there.settings.data_dir / "mainstay.db").exists()


def test_the_last_admin_is_not_locked_out_and_it_is_said(kept: House, empty: Empty, tmp_path: Path, world: World) -> None:
    made = backups.make(kept, tmp_path / "b.tar")
    (tmp_path / "list").write_text(json.dumps({"what": "person.suspended", "id": world.ids["ada"]}))
    came = restored(empty(), made.file, tmp_path / "list")
    assert came.again == 0
    assert "only admin" in came.left[0]


def test_a_backup_holds_neither_the_key_nor_the_index(kept: House, tmp_path: Path) -> None:
    (kept.settings.data_dir / "secret_key").write_text("the-installation's-own-key" * 2)
    made = backups.make(kept, tmp_path / "b.tar")
    with tarfile.open(made.file) as tar:
        names = {name.split("/")[0] for name in tar.getnames()}
    assert names == {"manifest.json", "manifest.sha256", "mainstay.db", "erasures.jsonl", "blobs.txt", "blobs"}
    assert b"installation's-own-key" not in made.file.read_bytes()
