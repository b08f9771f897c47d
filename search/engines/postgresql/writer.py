"""The writing side: one process, held to be the only one by an advisory lock that ends with its connection.

A transaction that is committed is published and durable, so there is nothing else to be recovered or forced to the disk.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import Any, Self

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from search.engines.interface import Document, IndexLocked, IndexMissing
from search.engines.postgresql.schema import INDEXES, NAMES, STATE, TABLES, WORD, Tables, row
from search.engines.postgresql.store import State, Store, rows

INSERT = """
INSERT INTO {documents} (key, fingerprint, pk, at, audience, account, workspace, author, kind, categories, length, whole, tokens, weights)
VALUES (%(key)s, %(fingerprint)s, %(pk)s, %(at)s, %(audience)s, %(account)s, %(workspace)s, %(author)s, %(kind)s, %(categories)s,
    %(length)s, %(whole)s, %(tokens)s, %(weights)s)
"""
PLACES = "INSERT INTO {places} (number, stem, positions) SELECT number, %s, %s FROM {documents} WHERE key = %s"
DELETE = "DELETE FROM {documents} WHERE key = ANY(%s) RETURNING audience, length, tsvector_to_array(tokens)"
COUNT = """
INSERT INTO {lexicon} AS held SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[])
ON CONFLICT (token, audience) DO UPDATE SET documents = held.documents + excluded.documents
"""
COUNT_AUDIENCES = """
INSERT INTO {audiences} AS held SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
ON CONFLICT (audience) DO UPDATE SET documents = held.documents + excluded.documents, length = held.length + excluded.length
"""
KNOW = "INSERT INTO {words} SELECT * FROM unnest(%s::text[]) ON CONFLICT DO NOTHING"
FORGET = "DELETE FROM {lexicon} WHERE documents <= 0 AND token = ANY(%s)"
FORGET_WORDS = """
DELETE FROM {words} WHERE word = ANY(%s) AND NOT EXISTS (SELECT FROM {lexicon} WHERE token = %s || word)
"""
LEFT_OVER = "DROP TABLE IF EXISTS {documents}, {places}, {lexicon}, {words}, {audiences};"  # of a state that was lost
COUNT_ALL = """
TRUNCATE {lexicon}, {words}, {audiences};
INSERT INTO {lexicon} SELECT token, audience, count(*) FROM {documents}, unnest(tsvector_to_array(tokens)) AS token GROUP BY 1, 2;
INSERT INTO {words} SELECT DISTINCT substr(token, 2) FROM {lexicon} WHERE starts_with(token, '=');
INSERT INTO {audiences} SELECT audience, count(*), sum(length) FROM {documents} GROUP BY 1;
"""


class Writer:
    """Holds the lock until closed."""

    def __init__(self, store: Store):
        self._store = store
        self._connection = store.engine.connect()
        self._newer: set[str] = set()  # keys written since the rebuild began: what it reads from the database may be older
        try:
            key = int.from_bytes(blake2b(f"mainstay {store.schema}".encode(), digest_size=8).digest(), "big", signed=True)
            with self._connection.begin():
                held = self._connection.exec_driver_sql("SELECT pg_try_advisory_lock(%s)", (key,)).scalar()
                if not held:
                    raise IndexLocked("another process writes the index")
                self._connection.exec_driver_sql(STATE.format(schema=store.schema))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The connection ends, and the lock with it."""
        self._connection.invalidate()
        self._connection.close()

    @property
    def lost(self) -> bool:
        """Whether the connection, and the lock with it, is no more."""
        return self._connection.closed or self._connection.invalidated

    def state(self) -> State:
        with self._transaction() as connection:
            return self._store.state(connection)

    def apply(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        """Into the index in use, and the one in the making."""
        with self._transaction() as connection:
            state = self._store.state(connection)
            building = self._store.building(state)
            if not building or state.current is not None:
                current = self._store.current(state)
                if not batch and not deleted:
                    return state.generation
                _replace(connection, current, batch, deleted, counting=True)
            if building:
                self._newer.update((document.key for document in batch), deleted)
                _replace(connection, building, batch, deleted, counting=False)
            return _next_generation(connection, self._store.schema)

    def begin(self) -> None:
        """Tables for a new index, where none is in the making."""
        with self._transaction() as connection:
            state = self._store.state(connection)
            if self._store.building(state):
                return
            next_one = (
                f"UPDATE {self._store.schema}.state SET serial = serial + 1, building = serial + 1, building_seal = %s, position = ''"
            )
            number = connection.exec_driver_sql(next_one + " RETURNING building", (self._store.seal,)).scalar_one()
            connection.exec_driver_sql(Tables(self._store.schema, number).named(LEFT_OVER + TABLES))
        self._newer = set()

    def add(self, documents: Iterable[Document], position: str) -> None:
        """Into the index in the making, what it does not hold yet."""
        with self._transaction() as connection:
            building = self._building(connection)
            fresh = {document.key: document for document in documents if document.key not in self._newer}
            held = rows(connection, building, "SELECT key FROM {documents} WHERE key = ANY(%s)", list(fresh))
            _insert(connection, building, [fresh[key] for key in fresh.keys() - {key for (key,) in held}])
            if position:
                connection.exec_driver_sql(f"UPDATE {self._store.schema}.state SET position = %s", (position,))

    def publish(self) -> int:
        """Count, index, and swap in one transaction."""
        with self._transaction() as connection:
            building = self._building(connection)
            connection.exec_driver_sql(building.named(COUNT_ALL + INDEXES))
            swap = "SET current = building, seal = building_seal, building = NULL, position = ''"
            connection.exec_driver_sql(f"UPDATE {self._store.schema}.state {swap}")
            generation = _next_generation(connection, self._store.schema)
        self.tidy()
        return generation

    def abandon(self) -> None:
        with self._transaction() as connection:
            connection.exec_driver_sql(f"UPDATE {self._store.schema}.state SET building = NULL, position = ''")
        self.tidy()

    def set_aside(self) -> None:
        """Nothing uses it any more; it goes when the next one is published."""
        with self._transaction() as connection:
            connection.exec_driver_sql(f"UPDATE {self._store.schema}.state SET current = NULL")

    def tidy(self) -> None:
        """Drop the tables that nothing names; if somebody still reads them, the next time."""
        with suppress(DBAPIError), self._transaction() as connection:
            state = self._store.state(connection)
            found = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = %s", (self._store.schema,))
            kept = {f"{name}_{number}" for name in NAMES for number in (state.current, state.building)}
            left = ", ".join(f"{self._store.schema}.{name}" for name in sorted({name for (name,) in found} - kept - {"state"}))
            if left:  # all at once or none: whoever reads one of them may ask for the next
                connection.exec_driver_sql(f"LOCK TABLE {left} IN ACCESS EXCLUSIVE MODE NOWAIT")
                connection.exec_driver_sql(f"DROP TABLE {left} CASCADE")

    def purge(self) -> None:
        """Have deleted words overwritten."""
        with self._transaction() as connection:
            tables = self._store.current(self._store.state(connection))
        with self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql(tables.named("VACUUM {documents}, {places}, {lexicon}, {words}"))
            connection.invalidate()

    def _building(self, connection: Connection) -> Tables:
        building = self._store.building(self._store.state(connection))
        if not building:
            raise IndexMissing("no index is being made")
        return building

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connection.begin():
            self._connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # an index of a million is made in one
            yield self._connection


class PostgresqlRebuild:
    """A new index in the making; see the port."""

    def __init__(self, writer: Any):
        self._writer = writer

    @property
    def position(self) -> str:
        found: str = self._writer(lambda writer: writer.state().position)
        return found

    def add(self, documents: Iterable[Document], position: str = "") -> None:
        self._writer(lambda writer: writer.add(documents, position))

    def publish(self) -> int:
        generation: int = self._writer(lambda writer: writer.publish())
        return generation

    def abandon(self) -> None:
        self._writer(lambda writer: writer.abandon())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self.publish()


def _next_generation(connection: Connection, schema: str) -> int:
    found: int = connection.exec_driver_sql(f"UPDATE {schema}.state SET generation = generation + 1 RETURNING generation").scalar_one()
    return found


def _replace(connection: Connection, tables: Tables, batch: Sequence[Document], deleted: Sequence[str], *, counting: bool) -> None:
    """By key; what is in both lists is deleted."""
    newest = {document.key: document for document in batch}
    gone = rows(connection, tables, DELETE, [*newest, *deleted])
    added = _insert(connection, tables, [document for key, document in newest.items() if key not in set(deleted)])
    if not counting:
        return  # all at once, when it is published
    tokens: Counter[tuple[str, int]] = Counter()
    documents: Counter[int] = Counter()
    lengths: Counter[int] = Counter()
    for sign, changed in ((-1, gone), (1, added)):
        for audience, length, counted in changed:
            documents[audience] += sign
            lengths[audience] += sign * length
            for token in counted:
                tokens[token, audience] += sign
    _count(connection, tables, tokens)
    if documents:
        rows_ = [list(documents), list(documents.values()), [lengths[audience] for audience in documents]]
        connection.exec_driver_sql(tables.named(COUNT_AUDIENCES), tuple(rows_))


def _count(connection: Connection, tables: Tables, changes: Counter[tuple[str, int]]) -> None:
    changed = sorted((token, audience, by) for (token, audience), by in changes.items() if by)
    if not changed:
        return
    connection.exec_driver_sql(tables.named(COUNT), tuple(map(list, zip(*changed, strict=True))))
    more, fewer = ({token for token, _, by in changed if by * sign > 0} for sign in (1, -1))
    connection.exec_driver_sql(tables.named(KNOW), (_words(more),))
    if fewer:
        connection.exec_driver_sql(tables.named(FORGET), (sorted(fewer),))
        connection.exec_driver_sql(tables.named(FORGET_WORDS), (_words(fewer), WORD))


def _words(tokens: set[str]) -> list[str]:
    return sorted(token[len(WORD) :] for token in tokens if token.startswith(WORD))


def _insert(connection: Connection, tables: Tables, documents: Sequence[Document]) -> list[tuple[int, int, list[str]]]:
    """(audience, length, tokens) of each, as they are counted."""
    made = [row(document) for document in documents]
    if made:
        connection.exec_driver_sql(tables.named(INSERT), [columns for columns, _ in made])
    for columns, found in made:
        if found.places:
            given = [(stem, list(positions), columns["key"]) for stem, positions in found.places.items()]
            connection.exec_driver_sql(tables.named(PLACES), given)
    return [(columns["audience"], columns["length"], found.counted) for columns, found in made]
