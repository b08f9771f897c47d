"""kill -9 in the middle of a migration: the database is as it was, and the next start brings it all the way."""

import os
import warnings
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text

import wsgi
from portal.kernel import migrations
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from tests.conftest import POSTGRESQL

SCALE = int(os.environ.get("MAINSTAY_TEST_SCALE", "1"))
KILLS = 8 * SCALE  # spread over all statements; a large scale kills at each
REVISIONS = [each.revision for each in ScriptDirectory(str(migrations.SCRIPTS)).walk_revisions()]


@pytest.mark.skipif(bool(POSTGRESQL), reason="PostgreSQL rolls back by itself what a lost client had not committed")
@pytest.mark.parametrize("before", [None, *REVISIONS[1:2]])  # from nothing, and from the revision before ours
def test_killed_at_any_statement_it_is_all_or_nothing(tmp_path: Path, before: str | None) -> None:
    statements = killed_at(tmp_path / "whole", 0, before)
    assert statements > 5
    for number in sorted({1 + n * (statements - 1) // max(KILLS - 1, 1) for n in range(KILLS)}):
        data = tmp_path / f"killed{number}"
        killed_at(data, number, before)
        house = opened(data)
        assert migrations.revision(house.db) == before, f"killed at statement {number} of {statements}"
        assert migrations.migrate(house), "the next start goes all the way"
        assert set(inspect(house.db.engine).get_table_names()) >= set(Base.metadata.tables)
        with house.db.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA quick_check")) == "ok"
        house.close()


def killed_at(data: Path, number: int, before: str | None) -> int:
    """Migrate in a process of its own that dies at a statement (0: it lives); how many there were."""
    house = opened(data)
    if before:
        migrations.run(house.db, command.upgrade, before)
    house.close()
    tell, told = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads; the child only uses what it opens itself
        child = os.fork()
    if child == 0:
        _migrate_and_die(data, number, told)
    os.close(told)
    _pid, status = os.waitpid(child, 0)
    with os.fdopen(tell) as pipe:
        counted = pipe.read()
    assert os.waitstatus_to_exitcode(status) == (-9 if number else 0)
    return int(counted or 0)


def _migrate_and_die(data: Path, number: int, told: int) -> None:
    """In the child: nothing of the test's own process is cleaned up by it."""
    code = 1
    try:
        house = opened(data)
        count = 0

        def strike(*about: object) -> None:
            nonlocal count
            count += 1
            if count == number:
                os.kill(os.getpid(), 9)

        event.listen(house.db.engine, "before_cursor_execute", strike)
        migrations.migrate(house)
        os.write(told, str(count).encode())
        code = 0
    finally:
        os._exit(code)


def opened(data: Path) -> House:
    return wsgi.build_house(prepared(Settings(data_dir=data)))
