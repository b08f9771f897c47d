"""Database engine, sessions and column types. SQLite and PostgreSQL behind one face; measured reasons in docs."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import JSON, DateTime, Engine, MetaData, String, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoTurn
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from portal.kernel.clock import now
from portal.kernel.errors import Unsure
from portal.kernel.ids import new_id
from portal.kernel.words import gettext as _

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


BUSY = 5000  # milliseconds that SQLite waits for other processes
LOOK = 0.001  # seconds between two looks whether another process still writes
TURN = 6.0  # seconds; a little more than BUSY
LOST_RACES = frozenset({"23505", "40001", "40P01"})  # SQLSTATE of PostgreSQL: another's row was first, serialization, deadlock
POSTGRESQL = {
    "options": "-c statement_timeout=15000 -c lock_timeout=6000",
    "connect_timeout": 5,  # seconds; and a server that vanished is noticed within 15
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it as text that sorts."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """SQLite's text is read in one step: a page reads some thousand moments, most of them empty."""
        return _moment_told if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment_told(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Every table. Integer `pk` stays inside; `id` is what leaves the server."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment, dict[str, Any]: JSON, list[str]: JSON}


Pk = Annotated[int, mapped_column(primary_key=True)]
OpaqueId = Annotated[str, mapped_column(String(22), unique=True, default=new_id)]


class Identified:
    """A row with an inner key and an outer name."""

    pk: Mapped[Pk]
    id: Mapped[OpaqueId]


class Created:
    """A row that knows when it was made."""

    created_at: Mapped[datetime] = mapped_column(default=now)


class Database:
    """One engine and its sessions. Reads never write; writes are one at a time within a process on SQLite."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        # Writers have connections of their own: one that changes between reading and writing forgets every statement it has prepared.
        self._writing = (_engine(url) if self.is_sqlite else self.engine).execution_options(write=True)
        self._lock = threading.Lock() if self.is_sqlite else None
        self.info: dict[str, Any] = {}  # what every session knows of the settings, for actions; set by the composition root
        self.publish: Callable[[list[dict[str, Any]]], None] = lambda messages: None  # set by the composition root

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on a read-only transaction."""
        with Session(self.engine, info={**self.info, "reading": True}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session on a write transaction (BEGIN IMMEDIATE); commits at the end, then runs what waits for the commit.

        The in-process lock keeps SQLite's unfair busy polling out of the way: nothing slow belongs inside.
        """
        with self._turn(), Session(self._writing, expire_on_commit=False, info=dict(self.info)) as session:
            yield session
            _commit(session)
            messages = session.info.pop("announcements", [])
        run_after_commit(session)
        if messages:
            self.publish(messages)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Writers of this process one at a time. Who waits longer than the database itself would wait is told that it is busy:
        behind one that cannot write for minutes, threads would pile up until nobody could read either."""
        if self._lock is not None and not self._lock.acquire(timeout=TURN):
            raise NoTurn(f"no turn to write within {TURN} seconds")
        try:
            yield
        finally:
            if self._lock is not None:
                self._lock.release()

    @property
    def engines(self) -> tuple[Engine, ...]:
        """Where statements run, for who counts them."""
        return (self.engine, self._writing) if self.is_sqlite else (self.engine,)

    def close(self) -> None:
        for each in self.engines:
            event.listen(each, "checkin", _close_for_good)
            each.dispose()


def after_commit(session: Session, act: Any) -> None:
    """Have `act()` called once this session's write is durable; never if it is rolled back."""
    session.info.setdefault("after_commit", []).append(act)


def run_after_commit(session: Session) -> None:
    for act in session.info.pop("after_commit", []):
        act()


def lost_race(error: DBAPIError) -> bool:
    """Whether a transaction failed only because another was faster, so that the same again may do. On SQLite writers take turns."""
    return getattr(error.orig, "sqlstate", None) in LOST_RACES


def _commit(session: Session) -> None:
    """Commit. Raises Unsure where the connection is lost between the wish and its answer, or a standby has not confirmed in time."""
    session.flush()
    connection = session.connection() if session.in_transaction() else None
    told = connection.info.setdefault("told", []) if connection is not None else []
    told.clear()
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unsure(_unsure()) from error
        raise
    if told:
        raise Unsure(_unsure())


def _unsure() -> str:
    return _("It is not known whether this was saved. Look before you send it once more; sent again as it is, it is saved only once.")


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        # The connection used last is used next: it has the statements prepared, which takes longer than running them.
        engine = create_engine(url, connect_args={"timeout": 5}, pool_size=20, max_overflow=10, pool_timeout=5, pool_use_lifo=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkin", _end_sqlite)
        return engine
    engine = create_engine(
        url,
        pool_size=16,
        max_overflow=8,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=POSTGRESQL,
    )
    event.listen(engine, "connect", _listen_to_warnings)
    event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "checkin", _end_postgresql)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the begin event below writes BEGIN itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # with NORMAL a power cut loses acknowledged rows
        f"busy_timeout={BUSY}",
        "foreign_keys=ON",
        "cache_size=-8192",
        "mmap_size=268435456",
        "temp_store=MEMORY",
    ):
        connection.execute("PRAGMA " + pragma)


def _end_sqlite(connection: Any, record: object) -> None:
    """A COMMIT that fails may leave its transaction open, which SQLAlchemy takes for over: nobody could write until the next start."""
    if connection is not None and connection.in_transaction:
        connection.rollback()


def _begin_sqlite(connection: Connection) -> None:
    write = bool(connection.get_execution_options().get("write"))
    if connection.info.get("writes") is not write:  # only where it changes: SQLite prepares every statement anew after this pragma
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.info["writes"] = write
    # A deferred BEGIN cannot be upgraded once the snapshot is stale: it fails at once, whatever the timeout.
    if write:
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Begin as soon as no other process writes. SQLite itself sleeps up to 100 ms between two looks, so that a message waited long
    for a worker that takes a few milliseconds at a time."""
    raw: Any = connection.connection.driver_connection
    until = time.monotonic() + BUSY / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails as the last one did, in the words that others know
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY}")


def _begin_postgresql(connection: Connection) -> None:
    if not connection.get_execution_options().get("write"):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _end_postgresql(connection: Any, record: object) -> None:
    """The same as on SQLite: the next who gets the connection could not even begin."""
    if connection is not None and not connection.closed and connection.info.transaction_status:  # 0 is idle
        connection.rollback()


def _close_for_good(connection: Any, record: Any) -> None:
    """A thread may still use a connection when the house closes, and brings it back to a pool that nobody keeps."""
    record.invalidate()


def _listen_to_warnings(connection: Any, record: Any) -> None:
    """A commit that is not confirmed by its synchronous standby in time succeeds with a warning, and a failover would lose it."""
    told: list[str] = record.info.setdefault("told", [])

    def note(diagnostic: Any) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            told.append(str(diagnostic.message_primary))

    connection.add_notice_handler(note)
