"""Which stored bytes are named by rows, and by whom: what a sweep leaves and a backup takes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

from sqlalchemy import Select, inspect, text, union
from sqlalchemy.orm import Session

from portal.kernel.house import House
from portal.kernel.locks import file_lock, shared_lock

LOCK = "blobs.lock"
HOLDERS: dict[str, Select[str, int]] = {}


def holds(name: str, rows: Select[str, int]) -> None:
    """Declare that the rows of a select of (SHA-256, size) name stored bytes. What nobody names is swept away after a day."""
    HOLDERS[name] = rows


def named(session: Session) -> Iterator[tuple[str, int]]:
    """(SHA-256, size) of everything that some row names, in order and each once."""
    there = set(inspect(session.connection()).get_table_names())  # an older database has fewer
    if held := [rows for rows in HOLDERS.values() if all(each.name in there for each in rows.get_final_froms())]:  # type: ignore[attr-defined]
        asked = union(*held).order_by(text("1"))
        yield from ((sha256, size) for sha256, size in session.execute(asked.execution_options(yield_per=1000)))


def staying(house: House, *, wait: bool = True) -> AbstractContextManager[bool]:
    """While it is held nobody removes stored bytes: for who removes them, and for a backup, which takes its time to copy them.
    Yields False where it is taken and `wait` is false."""
    if house.db.is_sqlite:
        return file_lock(house.settings.data_dir / LOCK, wait=wait)
    return shared_lock(house.db, "mainstay blobs", wait=wait)
