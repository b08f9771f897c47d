"""Two installations: ours, with everything that can be in it, and another one that is empty."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import wsgi
from portal.kernel import clock, migrations
from portal.kernel.actor import the_system
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people import sign_ins
from portal.people.models import Person
from tests.cast import World
from tests.conftest import POSTGRESQL, _drop, _new_database
from tests.security import estate

AGO = timedelta(days=40)


@pytest.fixture
def stored_in() -> Callable[[], str]:
    """MAINSTAY_STORAGE_URL of one more installation: its own directory."""
    return lambda: "file:"


@pytest.fixture
def ours(tmp_path: Path, stored_in: Callable[[], str]) -> Iterator[tuple[House, World]]:
    """The estate, as it came to be forty days ago."""
    url = _new_database("ours") if POSTGRESQL else ""
    made = wsgi.build_house(prepared(Settings(data_dir=tmp_path / "ours", database_url=url, storage_url=stored_in())))
    with clock.standing_at(clock.now() - AGO), made.db.writing() as session:
        Base.metadata.create_all(session.connection())
        world = estate.build(made, session)
    yield made, world
    made.close()
    if POSTGRESQL:
        _drop(url)


@pytest.fixture
def elsewhere(tmp_path: Path, stored_in: Callable[[], str]) -> Iterator[House]:
    """Another installation: empty but for Max, who manages."""
    url = _new_database("elsewhere") if POSTGRESQL else ""
    made = wsgi.build_house(prepared(Settings(data_dir=tmp_path / "elsewhere", database_url=url, storage_url=stored_in())))
    migrations.migrate(made)
    with made.db.writing() as session:
        people.add_staff(the_system(session), email="max@other.example", name="Max Manager", roles=["manager", "rep"])
    yield made
    made.close()
    if POSTGRESQL:
        _drop(url)


@pytest.fixture
def signed_in() -> Callable[[House, str], FlaskClient]:
    """`signed_in(house, "max@other.example")`: somebody signed in there."""

    def open_(house: House, email: str) -> FlaskClient:
        app = wsgi.create_app(house=house)
        app.config.update(TESTING=True, THROTTLE=False)
        client = app.test_client()
        with house.db.writing() as session:
            token = sign_ins.begin(session, session.scalars(select(Person).where(Person.email == email)).one())[1]
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    return open_
