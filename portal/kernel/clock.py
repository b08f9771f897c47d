"""The one source of time, so that the demo can write history and tests can stand still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told_time", default=None)
_hidden: ContextVar[bool] = ContextVar("hidden_time", default=False)


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond. Raises RuntimeError where what it gives would be kept."""
    if _hidden.get():
        raise RuntimeError("a question that is kept would keep this moment, too: use prepared.present()")
    return _told.get() or datetime.now(UTC)


@contextmanager
def out_of_sight() -> Iterator[None]:
    """Within the block nobody may ask what time it is."""
    token = _hidden.set(True)
    try:
        yield
    finally:
        _hidden.reset(token)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Within the block `now()` is this moment. For telling the demo's story; requests never use it."""
    token = _told.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _told.reset(token)


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with Z, to the microsecond: how every moment leaves the server."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
