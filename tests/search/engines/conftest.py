"""Every engine answers to the same tests."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from search.engines import SearchEngine, open_engine
from search.engines.postgresql import PostgresqlEngine
from tests.conftest import POSTGRESQL
from tests.search.engines.worlds import SECRET, Factory, build

needs_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="MAINSTAY_TEST_POSTGRESQL is not set")


def whoosh(folder: Path, secret: bytes = SECRET) -> SearchEngine:
    return open_engine(f"whoosh://{folder}", secret)


def postgresql(folder: Path, secret: bytes = SECRET) -> SearchEngine:
    """A schema for each folder."""
    return PostgresqlEngine(POSTGRESQL, secret, schema_of(folder))


def schema_of(folder: Path) -> str:
    return "search_" + blake2b(str(folder).encode(), digest_size=8).hexdigest()


@pytest.fixture(params=[whoosh, pytest.param(postgresql, marks=needs_postgresql)], ids=lambda made: made.__name__)
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def make(kind: Any) -> Iterator[Factory]:
    """Makes an engine that has nothing in it, not even an index."""
    used: set[str] = set()
    made: list[SearchEngine] = []

    def factory(folder: Path) -> SearchEngine:
        used.add(schema_of(folder))
        made.append(kind(folder))
        return made[-1]

    yield factory
    for engine in made:
        engine.close()
    if kind is postgresql:
        with create_engine(POSTGRESQL, poolclass=NullPool).begin() as connection:
            for schema in used:
                connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))


@pytest.fixture
def stranger(kind: Any) -> Factory:
    """Opens what `make` made, with another secret."""
    return lambda folder: kind(folder, b"another secret")


@pytest.fixture
def engine(make: Factory, tmp_path: Path) -> Iterator[SearchEngine]:
    """An engine with an empty index."""
    made = build(make(tmp_path / "index"))
    yield made
    made.close()
