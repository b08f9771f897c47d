"""Locks between processes, which end with their holder: of the data directory by files, of a shared database by advisory locks."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from portal.kernel.db import Database


@contextmanager
def file_lock(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock of a file, which then names the holder's process; yields False where it is taken and `wait` is false."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield True


@contextmanager
def flock(file: BinaryIO) -> Iterator[bool]:
    """Hold the lock of an open file; yields False where another has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    yield True  # it ends as the file is closed


def holder(path: Path) -> int:
    """The process that holds the lock of a file; 0 where nobody does."""
    if not path.exists():
        return 0
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who only looks is in nobody's way who looks too
        except BlockingIOError:
            return int(file.read() or 0)
    return 0


def is_held(session: Session, name: str) -> bool:
    """Whether somebody holds the shared lock of that name, on PostgreSQL."""
    asked = """
        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32) | objid::bigint = :key
    """
    return session.scalar(text(asked), {"key": _key(name)}) is not None


@contextmanager
def shared_lock(db: Database, name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold a lock that all processes on this database know; yields False where it is taken. On SQLite whoever holds the file lock
    of the data directory is alone already, so there it always yields True."""
    if db.is_sqlite:
        yield True
        return
    key = _key(name)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(text("SET lock_timeout = 0"))
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": key})
            held = True
        else:
            held = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            if wait:
                connection.execute(text("RESET lock_timeout"))
                connection.execute(text("RESET statement_timeout"))


class SharedLocks:
    """Many locks like `shared_lock`, held for long by one connection: one each would leave the threads that hold them none to work with."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._turn = threading.Lock()  # a connection is one thread's at a time
        self._connection: Connection | None = None
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        with self._turn:
            self._ended = True
            self._let_go()

    @contextmanager
    def held(self, name: str) -> Iterator[bool]:
        """Hold the lock of that name; yields False where another process has it. A lost connection loses all of them silently."""
        if self._db.is_sqlite:
            yield True
            return
        key = _key(name)
        holding = self._take(key)
        try:
            yield holding is not None
        finally:
            if holding is not None:
                self._give(key, holding)

    def _take(self, key: int) -> Connection | None:
        """The connection that now holds the lock."""
        with self._turn:
            if self._ended:
                return None
            if self._connection is None:
                self._connection = self._db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            return self._connection if self._ask("pg_try_advisory_lock", key) else None

    def _give(self, key: int, holding: Connection) -> None:
        with self._turn:
            if self._connection is holding:  # else the lock went with the connection that had it
                self._ask("pg_advisory_unlock", key)

    def _ask(self, function: str, key: int) -> bool:
        assert self._connection is not None
        try:
            return bool(self._connection.scalar(text(f"SELECT {function}(:key)"), {"key": key}))
        except BaseException:
            self._let_go()
            raise

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # not back into the pool: whatever it still holds must go with it
            self._connection.close()
            self._connection = None


def take_turn(session: Session, name: str) -> None:
    """Wait until no other transaction has this name, then have it until the end of this one. On SQLite writers take turns anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(name)})


def writing(kind: str, pk: int) -> str:
    """The name of the turn of those who write in a workspace or an account, or what is a person's own."""
    return f"writing {kind} {pk}"


def _key(name: str) -> int:
    """The number by which PostgreSQL knows a lock."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
