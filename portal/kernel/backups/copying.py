"""The database in a backup's one form, an SQLite file: taken from either database, and put into either."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import JSON, Connection, Engine, MetaData, NullPool, Table, create_engine, insert, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from portal.kernel import migrations
from portal.kernel.backups.format import Unusable
from portal.kernel.db import Base, Database

ROWS = 500  # held in memory at a time


def take(db: Database, target: Path) -> None:
    """Write the whole database, as it is at one moment, into a new SQLite file. Nobody who writes meanwhile waits for it."""
    target.touch(mode=0o600)
    if db.is_sqlite:
        _take_sqlite(db, target)
    else:
        _take_other(db, target)
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file that holds everything, nothing beside it
        said = copy.execute("PRAGMA quick_check").fetchone()[0]
    if said != "ok":
        raise Unusable(f"The database file is damaged ({said}): stop, keep a copy, restore the last backup.")


def put(source: Path, db: Database) -> None:
    """Fill an empty PostgreSQL database at our revision from an SQLite file at our revision, in one transaction."""
    tables = Base.metadata.sorted_tables
    with reading(source).connect() as rows, db.engine.connect().execution_options(write=True) as target, target.begin():
        target.execute(text("SET LOCAL statement_timeout = 0"))
        with _without_foreign_keys(target, tables):
            _pour(rows, target)
        for table in tables:
            _go_on_counting(target, table)


def is_used(db: Database) -> Iterator[bool]:
    """For each table whether it has a row."""
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            yield connection.execute(select(table).limit(1)).first() is not None


def reading(path: Path) -> Engine:
    """An engine that only reads an SQLite file."""
    return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", poolclass=NullPool)


def counted(path: Path) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
        return {name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(tables)}  # noqa: S608  (our tables)


def tidy(path: Path) -> None:
    """Write an SQLite file anew: what was erased is not left in free pages, and nothing stands beside the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
        file.execute("VACUUM")


def _take_sqlite(db: Database, target: Path) -> None:
    # All pages in one step: readers see one moment of a WAL, and the writers go on beside it.
    with closing(sqlite3.connect(f"file:{db.engine.url.database}?mode=ro", uri=True)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _take_other(db: Database, target: Path) -> None:
    made = Database(f"sqlite:///{target}")
    try:
        migrations.run(made, command.upgrade, "head")
        snapshot = db.engine.connect().execution_options(isolation_level="REPEATABLE READ")
        with snapshot as source, source.begin(), made.engine.connect().execution_options(write=True) as copy:
            source.execute(text("SET LOCAL statement_timeout = 0"))
            dbapi: Any = copy.connection.dbapi_connection
            dbapi.execute("PRAGMA foreign_keys=OFF")  # rows come in any order
            with copy.begin():
                _pour(source, copy)
    finally:
        made.close()


def _pour(source: Connection, target: Connection) -> None:
    """Every row of every table, in place of what a migration may have put there."""
    for table in Base.metadata.sorted_tables:
        target.execute(table.delete())
        plain = _plain(table)
        asked = select(plain).execution_options(yield_per=ROWS)
        for part in source.execute(asked).mappings().partitions():
            target.execute(insert(plain), [dict(row) for row in part])


def _plain(table: Table) -> Table:
    """The table with JSON columns that keep NULL as NULL."""
    copy = table.to_metadata(MetaData())
    for column in copy.columns:
        column.default = column.onupdate = None
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    return copy


@contextmanager
def _without_foreign_keys(target: Connection, tables: list[Table]) -> Iterator[None]:
    """Rows come in any order; adding the keys again looks at each of them."""
    keys = [key for table in tables for key in table.foreign_key_constraints]
    for key in keys:
        target.execute(DropConstraint(key))
    yield
    for key in keys:
        target.execute(AddConstraint(key))


def _go_on_counting(target: Connection, table: Table) -> None:
    """The next row's number follows the last one's."""
    key = table.autoincrement_column
    if key is None:
        return
    sequence = target.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": table.name, "column": key.name})
    if sequence:
        last = target.scalar(select(key).order_by(key.desc()).limit(1))
        target.execute(text("SELECT setval(:name, :last, :used)"), {"name": sequence, "last": last or 1, "used": last is not None})
