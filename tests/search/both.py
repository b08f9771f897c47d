"""For folders whose tests run on every engine: imported by their conftest."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from portal.kernel.house import House
from portal.kernel.settings import POSTGRESQL as IN_POSTGRESQL
from portal.kernel.settings import WHOOSH, Settings
from tests.conftest import POSTGRESQL

needs_postgresql = pytest.mark.skipif(not POSTGRESQL, reason="MAINSTAY_TEST_POSTGRESQL is not set")


@pytest.fixture(params=[WHOOSH, pytest.param(IN_POSTGRESQL, marks=needs_postgresql)])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return replace(settings, search_url=request.param)


@pytest.fixture
def take_index_away(house: House) -> Callable[[], None]:
    """As an operator might who wants it built anew."""

    def take_away() -> None:
        if house.settings.search_url == WHOOSH:
            shutil.rmtree(house.settings.index_dir)
        else:
            _run(house, "DROP SCHEMA mainstay_search CASCADE")

    return take_away


@pytest.fixture
def break_index(house: House) -> Callable[[], None]:
    def break_it() -> None:
        if house.settings.search_url == WHOOSH:
            for file in house.settings.index_dir.rglob("*"):
                if file.is_file():
                    file.write_bytes(b"broken")
            house.search.close()
        else:
            _run(house, "DROP TABLE mainstay_search.lexicon_1")

    return break_it


def _run(house: House, statement: str) -> None:
    with house.db.writing() as session:
        session.execute(text(statement))
