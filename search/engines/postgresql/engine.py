"""The PostgreSQL engine: searching in any process, writing in one."""

from collections.abc import Callable, Iterator, Sequence
from threading import RLock
from typing import TypeVar

from search.engines.answering import matching, words
from search.engines.interface import Document, IndexDamaged, Query, Results, Tail
from search.engines.postgresql import view
from search.engines.postgresql.store import Store, faults, rows
from search.engines.postgresql.writer import PostgresqlRebuild, Writer

SCHEMA = "mainstay_search"
KEYS = "SELECT key, fingerprint FROM {documents}"
COUNTED = """
SELECT count(*) FROM (SELECT audience, count(*) AS documents, sum(length) AS length, sum(cardinality(weights)) AS tokens
    FROM {documents} GROUP BY 1) AS held
FULL JOIN (SELECT * FROM {audiences} WHERE documents > 0) AS counted USING (audience)
FULL JOIN (SELECT audience, sum(documents) AS tokens FROM {lexicon} GROUP BY 1) AS words USING (audience)
WHERE (held.documents, held.length) IS DISTINCT FROM (counted.documents, counted.length)
    OR coalesce(held.tokens, 0) <> coalesce(words.tokens, 0)
"""
Said = TypeVar("Said")


class PostgresqlEngine:
    """One index in a schema of a database. Connects to nothing before it is asked; thread-safe for searching, one thread for writing.

    `secret` seals the index: one that was not written with it is never opened.
    """

    def __init__(self, url: str, secret: bytes, schema: str = SCHEMA):
        self._store = Store(url, secret, schema)
        self._writer: Writer | None = None
        self._writing = RLock()

    def generation(self) -> int:
        with self._store.reading() as (_, generation, _tables):
            return generation

    def search(self, query: Query, audiences: frozenset[int], tail: Tail) -> Results:
        with self._store.reading() as (connection, _, tables):
            seen = view.seen(connection, tables, audiences, tail)
            return matching.search(view.found(seen, query), query)

    def complete(self, prefix: str, audiences: frozenset[int], tail: Tail, limit: int = 10) -> list[str]:
        with self._store.reading() as (connection, _, tables):
            return words.complete(view.seen(connection, tables, audiences, tail), prefix, limit)

    def keys(self) -> Iterator[tuple[str, str]]:
        with self._store.reading() as (connection, _, tables):
            found = rows(connection, tables, KEYS)
        return ((key, fingerprint) for key, fingerprint in found)

    def verify(self) -> None:
        """The server sees to its pages; we see to it that what is counted is what is there."""
        with self._store.reading() as (connection, _, tables):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            ((wrong,),) = rows(connection, tables, COUNTED)
        if wrong:
            raise IndexDamaged(f"the counts of {wrong} audiences are wrong")

    def apply(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        return self._write(lambda writer: writer.apply(batch, deleted))

    def checkpoint(self) -> int:
        """What is committed is durable."""
        return self._write(lambda writer: writer.state().generation)

    def recover(self) -> int:
        self._write(lambda writer: None)
        return self.generation()

    def purge(self, limit: int = 20_000) -> int:
        self._write(lambda writer: writer.purge())
        return 0

    def quarantine(self) -> None:
        self._write(lambda writer: writer.set_aside())

    def rebuild(self) -> PostgresqlRebuild:
        self._write(lambda writer: writer.begin())
        return PostgresqlRebuild(self._write)

    def rebuilding(self) -> bool:
        with faults(), self._store.engine.connect() as connection:
            try:
                return self._store.building(self._store.state(connection)) is not None
            except IndexDamaged:
                return False

    def close(self) -> None:
        with self._writing:
            self._let_go()
            self._store.engine.dispose()

    def _write(self, act: Callable[[Writer], Said]) -> Said:
        """With the lock, which is taken once and kept; a connection that was lost is made anew the next time."""
        with self._writing, faults():
            try:
                if not self._writer:
                    self._writer = Writer(self._store)
                return act(self._writer)
            except Exception:
                if self._writer and self._writer.lost:
                    self._let_go()
                raise

    def _let_go(self) -> None:
        if self._writer:
            self._writer.close()
        self._writer = None
