"""How often the database is asked; for tests and for the bench."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.kernel.house import House


@contextmanager
def counting(house: House) -> Iterator[list[str]]:
    """The SQL statements of the block: `with counting(house) as queries: …; assert len(queries) <= 6`."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET TRANSACTION")):
            statements.append(statement)

    for engine in house.db.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in house.db.engines:
            event.remove(engine, "before_cursor_execute", note)
