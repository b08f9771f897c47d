"""An upgrade, tried on a copy of the database before it is done: how long it takes, and what is wrong then. The real one is only read."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from alembic import command
from sqlalchemy import NullPool, create_engine, inspect, text
from sqlalchemy.engine import URL, make_url

from portal.kernel import checks, migrations
from portal.kernel.db import Database
from portal.kernel.house import House
from portal.kernel.ids import new_id
from portal.kernel.migrations import Unfit

ELSEWHERE = {"blobs", "index"}  # checks of what no migration touches


@dataclass
class Rehearsal:
    """How it went. `seconds` by part; `wrong` says everything that would keep one from doing it."""

    before: str
    after: str
    seconds: dict[str, float] = field(default_factory=dict)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)  # tables whose number of rows the migration changes
    wrong: list[str] = field(default_factory=list)


def rehearse(house: House) -> Rehearsal:
    """Copy, migrate the copy, verify it, remove it. Raises Unfit where there is nothing to copy, or no room or right to."""
    at = migrations.revision(house.db)
    if at is None:
        raise Unfit("The database is empty: there is nothing to rehearse.")
    migrations.refuse_newer(at)
    told = Rehearsal(at, migrations.head())
    began = time.monotonic()
    with _copied(house) as db:
        told.seconds["copy"] = time.monotonic() - began
        there = _counted(db)
        with _timed(told, "migrate"):
            migrations.run(db, command.upgrade, "head")
        if not told.wrong:
            now = _counted(db)
            told.rows = {name: (count, now.get(name, 0)) for name, count in there.items() if now.get(name, 0) != count}
            with _timed(told, "verify"):
                names = [name for name in checks.CHECKS if name not in ELSEWHERE]
                found = checks.breaches(replace(house, db=db), names)
                told.wrong += [f"{name}: {line}" for name, lines in found.items() for line in lines]
    return told


@contextmanager
def _timed(told: Rehearsal, part: str) -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    except Exception as error:  # a migration may stumble over anything; that is what this is for
        told.wrong.append(f"{part} failed: {type(error).__name__}: {str(error)[:500]}")
    told.seconds[part] = time.monotonic() - began


def _counted(db: Database) -> dict[str, int]:
    with db.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608 - our tables


@contextmanager
def _copied(house: House) -> Iterator[Database]:
    with _sqlite(house) if house.db.is_sqlite else _postgresql(house) as url:
        db = Database(url)
        try:
            yield db
        finally:
            db.close()


@contextmanager
def _sqlite(house: House) -> Iterator[str]:
    """A copy beside the file, as it is at one moment; who writes meanwhile waits for nobody."""
    source = Path(str(house.db.engine.url.database))
    wanted = 3 * source.stat().st_size  # the copy, and what a migration writes anew beside it
    if shutil.disk_usage(house.settings.data_dir).free < wanted:
        raise Unfit(f"There is no room for a copy: {wanted // 2**20} MiB are needed in {house.settings.data_dir}. Nothing was changed.")
    with tempfile.TemporaryDirectory(prefix="rehearsal-", dir=house.settings.data_dir) as folder:
        target = Path(folder) / "copy.db"
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as real, closing(sqlite3.connect(target)) as copy:
            real.backup(copy)
        yield f"sqlite:///{target}"


@contextmanager
def _postgresql(house: House) -> Iterator[str]:
    """A database beside the real one, of the same server, filled by pg_dump and psql."""
    tools = {name: shutil.which(name) for name in ("pg_dump", "psql")}
    if None in tools.values():
        raise Unfit("Rehearsing on PostgreSQL needs pg_dump and psql of the server's version (Debian: postgresql-client).")
    real = make_url(house.settings.database_url)
    copy = real.set(database=f"mainstay_rehearsal_{new_id()[:8].lower()}")
    admin = create_engine(real, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{copy.database}"'))
    try:
        _pour(str(tools["pg_dump"]), str(tools["psql"]), real, copy)
        yield copy.render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{copy.database}" WITH (FORCE)'))


def _pour(dump: str, psql: str, real: URL, copy: URL) -> None:
    options = ["--no-owner", "--no-privileges", f"--dbname={_libpq(real)}"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen([dump, *options], stdout=subprocess.PIPE, stderr=said, env=_environment(real)) as source,  # noqa: S603 - ours
    ):
        into = [psql, "-X", "-q", "-v", "ON_ERROR_STOP=1", f"--dbname={_libpq(copy)}"]
        poured = subprocess.run(into, stdin=source.stdout, stdout=subprocess.DEVNULL, stderr=said, env=_environment(copy), check=False)  # noqa: S603 - likewise
        if source.stdout is not None:
            source.stdout.close()
        if source.wait() or poured.returncode:
            said.seek(0)
            raise Unfit(f"The database could not be copied: {said.read().decode(errors='replace').strip()[:500]}")


def _libpq(url: URL) -> str:
    """Without the password, which every user of the machine could read among the arguments."""
    return url.set(drivername="postgresql", password=None).render_as_string()


def _environment(url: URL) -> dict[str, str]:
    return dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
