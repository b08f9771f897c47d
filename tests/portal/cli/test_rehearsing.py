"""mainstay migrate --rehearse: tried on a copy; the database itself stays as it was."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from portal.kernel import migrations
from portal.kernel.house import House
from tests.portal.cli.conftest import Run, told


@pytest.fixture
def older(house: House, mainstay: Run) -> Run:
    """The installation as the program before this one left it."""
    if not house.db.is_sqlite and not shutil.which("pg_dump"):
        pytest.skip("needs pg_dump")
    migrations.run(house.db, command.downgrade, "0002")
    return mainstay


def dump(house: House) -> list[str]:
    with house.db.engine.connect() as connection:
        names = sorted(inspect(connection).get_table_names())
        return [f"{name}: {connection.execute(text(f'SELECT * FROM {name} ORDER BY 1')).all()}" for name in names]


def test_it_says_how_long_it_takes_and_changes_nothing(older: Run, house: House) -> None:
    older("migrate", "--rehearse")  # the first command makes the secret key
    before, there = dump(house), sorted(house.settings.data_dir.iterdir())
    said = told(older("migrate", "--rehearse", "--json"))
    assert (said["before"], said["after"]) == (migrations.revision(house.db), migrations.head())
    assert said["before"] != said["after"]
    assert set(said["seconds"]) == {"copy", "migrate", "verify"}
    assert said["wrong"] == []
    assert dump(house) == before
    assert sorted(house.settings.data_dir.iterdir()) == there, "and leaves nothing behind"
    assert "All is well." in older("migrate", "--rehearse").output
    assert "at revision" in older("migrate").output, "and then it may be done"
    assert migrations.revision(house.db) == migrations.head()


def test_what_would_be_wrong_afterwards_is_said(older: Run, house: House) -> None:
    with house.db.writing() as session:
        session.execute(text("UPDATE event SET hash = 'x' WHERE pk = (SELECT max(pk) FROM event)"))
    before = dump(house)
    said = older("migrate", "--rehearse", code=1).output
    assert "WRONG chains: " in said
    assert "Do not upgrade like this." in said
    assert dump(house) == before


def test_a_migration_that_fails_is_said(older: Run, house: House) -> None:
    with house.db.writing() as session:
        session.execute(text("CREATE TABLE alarm (x integer)"))  # in the way of 0003
    said = older("migrate", "--rehearse", code=1).output
    assert "WRONG migrate failed: " in said
    assert migrations.revision(house.db) != migrations.head()


def test_a_newer_or_an_empty_database_is_no_rehearsal(mainstay: Run, house: House) -> None:
    with house.db.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer Mainstay" in mainstay("migrate", "--rehearse", code=1).output
    with house.db.writing() as session:
        session.execute(text("DELETE FROM alembic_version"))
    assert "nothing to rehearse" in mainstay("migrate", "--rehearse", code=1).output


def test_without_room_for_a_copy_it_does_not_begin(mainstay: Run, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    if not house.db.is_sqlite:
        pytest.skip("the copy lies beside the file")
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    assert "no room for a copy" in mainstay("migrate", "--rehearse", code=1).output
    with closing(sqlite3.connect(Path(str(house.db.engine.url.database)))) as file:
        assert file.execute("PRAGMA quick_check").fetchone()[0] == "ok"
