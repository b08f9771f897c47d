"""Every engine answers to the same tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from search.engines import SearchEngine, open_engine
from tests.search.engines.worlds import SECRET, Factory, build


def _whoosh(folder: Path) -> SearchEngine:
    return open_engine(f"whoosh://{folder}", SECRET)


@pytest.fixture(params=[_whoosh], ids=["whoosh"])
def make(request: pytest.FixtureRequest) -> Factory:
    """Makes an engine that has nothing in it, not even an index."""
    factory: Factory = request.param
    return factory


@pytest.fixture
def engine(make: Factory, tmp_path: Path) -> Iterator[SearchEngine]:
    """An engine with an empty index."""
    made = build(make(tmp_path / "index"))
    yield made
    made.close()
