"""The estate: the cast's world in every state, built once per process and copied where a test writes."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from flask import Flask

import wsgi
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from tests.cast import World
from tests.security import estate
from tests.security.doors import Doors

SECRET = "test" * 10


def settings_of(data: Path) -> Settings:
    return prepared(Settings(data_dir=data, secret_key=SECRET))


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals need no lines in the log."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The estate's data directory, never written to again."""
    root = tmp_path_factory.mktemp("estate")
    house = wsgi.build_house(settings_of(root))
    with house.db.writing() as session:
        Base.metadata.create_all(session.connection())
        world = estate.build(house, session)
    house.db.close()
    return root, world


@pytest.fixture(scope="session")
def still(template: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """An app on a copy of the estate for tests that change nothing in it."""
    yield from _opened(template, tmp_path_factory.mktemp("still"))


@pytest.fixture
def fresh(template: tuple[Path, World], tmp_path: Path) -> Iterator[Doors]:
    """An app on a copy of the estate of this test's own."""
    yield from _opened(template, tmp_path)


@pytest.fixture(scope="module")
def shared(template: tuple[Path, World], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """An app on a copy of the estate that the tests of one module share."""
    yield from _opened(template, tmp_path_factory.mktemp("shared"))


def _opened(template: tuple[Path, World], root: Path) -> Iterator[Doors]:
    shutil.copytree(template[0], root / "data")
    house = wsgi.build_house(settings_of(root / "data"))
    yield Doors(app_of(house), house, template[1])
    house.close()


def app_of(house: House) -> Flask:
    app = wsgi.create_app(house=house)
    app.config.update(TESTING=False, THROTTLE=False)  # an error is answered as it would be, and found by its 500
    return app
