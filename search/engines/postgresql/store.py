"""The connection to the server, the index that is in use there, and what its faults mean to us."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import errors
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoTurn

from search.engines.interface import IndexAway, IndexDamaged, IndexMissing
from search.engines.postgresql.schema import Tables, seal

OPTIONS = "-c statement_timeout=15000 -c lock_timeout=3000 -c jit=off"
GONE = (errors.UndefinedTable, errors.UndefinedColumn, errors.InvalidSchemaName)


class State(NamedTuple):
    """The one row of `state`."""

    generation: int
    current: int | None
    seal: str
    building: int | None
    building_seal: str
    position: str


class Store:
    """Connects when it is first asked."""

    def __init__(self, url: str, secret: bytes, schema: str):
        self.schema, self.seal = schema, seal(secret)
        # no prepared statements: after five runs PostgreSQL would plan them for any word, frequent or rare
        given = {"options": OPTIONS, "prepare_threshold": None}
        self.engine = create_engine(url, pool_size=4, max_overflow=12, pool_pre_ping=True, pool_recycle=1800, connect_args=given)

    @contextmanager
    def reading(self) -> Iterator[tuple[Connection, int, Tables]]:
        """One snapshot: a connection, the generation, and the tables of the index in use. Raises IndexDamaged."""
        with faults(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            state = self.state(connection)
            yield connection, state.generation, self.current(state)

    def state(self, connection: Connection) -> State:
        try:
            found = connection.exec_driver_sql(f"SELECT {', '.join(State._fields)} FROM {self.schema}.state").one_or_none()
        except DBAPIError as error:
            if isinstance(error.orig, GONE):
                raise IndexMissing("there is no index") from error
            raise
        if found is None:
            raise IndexMissing("there is no index")
        return State(*found)

    def current(self, state: State) -> Tables:
        if state.current is None:
            raise IndexMissing("there is no index")
        if state.seal != self.seal:
            raise IndexDamaged("the index is of another version, or not ours")
        return Tables(self.schema, state.current)

    def building(self, state: State) -> Tables | None:
        """The tables of an unfinished rebuild of this version."""
        if state.building is None or state.building_seal != self.seal:
            return None
        return Tables(self.schema, state.building)


@contextmanager
def faults() -> Iterator[None]:
    """Tables that are gone are damage; a server that is away, too busy or too slow is only away."""
    try:
        yield
    except (OperationalError, NoTurn) as error:
        raise IndexAway(f"the database does not answer: {getattr(error, 'orig', error)}") from error
    except DBAPIError as error:
        if isinstance(error.orig, GONE):
            raise IndexDamaged(f"a table of the index is missing: {error.orig}") from error
        raise


def rows(connection: Connection, tables: Tables, sql: str, *given: Any) -> list[Any]:
    """What a query about one index says."""
    return list(connection.exec_driver_sql(tables.named(sql), given))
