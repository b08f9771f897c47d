"""The database's own history: which revision it is at, and how it gets to ours. One process at a time, after a copy of an SQLite file."""

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from portal.kernel.db import Database
from portal.kernel.house import House
from portal.kernel.locks import file_lock, shared_lock

SCRIPTS = Path(__file__).parent.parent.parent / "migrations"
log = structlog.get_logger(__name__)


class Unfit(Exception):
    """The database cannot be used by this program; the one line says why and what to do."""


def migrate(house: House) -> bool:
    """Bring the database to our revision; False where it was there already. Raises Unfit for a database of a newer program."""
    with file_lock(house.settings.data_dir / "migrate.lock"), shared_lock(house.db, "mainstay migrate", wait=True):
        at = revision(house.db)
        refuse_newer(at)
        if at == head():
            return False
        if at is not None and house.db.is_sqlite:
            _copy(house, at)
        run(house.db, command.upgrade, "head")
        log.info("database.migrated", before=at or "nothing", to=head())
        return True


def refuse_unfit(house: House) -> None:
    """For commands: make an empty database ready; raise Unfit for an older or newer one."""
    at = revision(house.db)
    refuse_newer(at)
    if at is None:
        migrate(house)
    elif at != head():
        raise Unfit(f"The database is at revision {at}, this program needs {head()}. Run: mainstay migrate")


def refuse_newer(at: str | None) -> None:
    """Raise Unfit for a revision that this program does not know."""
    """Raise Unfit for a revision that only a newer program knows."""
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if at is not None and at not in known:
        raise Unfit(
            f"The database was written by a newer Mainstay (revision {at}; this program knows up to {head()}). "
            "Start the newer program, or restore the copy that it made before it migrated."
        )


def revision(db: Database) -> str | None:
    """The revision the database is at; None where it is empty."""
    return revision_of(db.engine)


def revision_of(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str:
    """The revision of this program."""
    return str(ScriptDirectory(str(SCRIPTS)).get_current_head())


def run(db: Database, act: Callable[..., Any], *arguments: str, attributes: dict[str, Any] | None = None, **options: Any) -> Any:
    """One of Alembic's commands on this database, in one transaction; `attributes` are for migrations/env.py."""
    config = Config(stdout=io.StringIO(), attributes=attributes or {})
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    with _connection(db) as connection:
        config.attributes["connection"] = connection
        return act(config, *arguments, **options)


@contextmanager
def _connection(db: Database) -> Iterator[Connection]:
    """A connection to change tables with: SQLite looks at foreign keys afterwards, PostgreSQL is not hurried."""
    with db.engine.connect().execution_options(write=True) as connection:
        dbapi: Any = connection.connection.dbapi_connection
        if db.is_sqlite:
            dbapi.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not db.is_sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                yield connection
                if db.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                    raise Unfit(f"The migration would leave {len(broken)} rows that point nowhere; nothing was changed.")
        finally:
            if db.is_sqlite:
                dbapi.execute("PRAGMA foreign_keys=ON")


def _copy(house: House, at: str) -> Path:
    """A copy of the SQLite file as it is before a migration, beside it."""
    target = house.settings.data_dir / f"mainstay.db.before-{head()}"
    with closing(sqlite3.connect(str(house.db.engine.url.database))) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    target.chmod(0o600)
    log.info("database.copied", revision=at, to=str(target))
    return target
