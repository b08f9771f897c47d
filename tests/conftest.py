"""Fixtures: the cast's world, built once and copied for every test; the app; a browser's door for each of the cast."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import wsgi
from portal.kernel.actor import Actor, the_system
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from portal.people import sign_ins
from portal.people.models import Person
from tests import cast, databases
from tests.cast import World
from tests.databases import POSTGRESQL  # noqa: F401
from tests.databases import drop as _drop  # noqa: F401 (for the houses that tests build themselves)
from tests.databases import new as _new_database  # noqa: F401


@pytest.fixture(scope="session", autouse=True)
def _dropped() -> Iterator[None]:
    yield
    databases.drop_all()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The world's data directory, to be copied."""
    root = tmp_path_factory.mktemp("world")
    settings = prepared(Settings(data_dir=root, database_url=databases.new("template"), secret_key="test" * 10))
    house = wsgi.build_house(settings)
    with house.db.writing() as session:
        Base.metadata.create_all(session.connection())
        world = cast.build(session)
    house.db.close()
    TEMPLATES[root] = settings.database_url
    return root, world


@pytest.fixture
def world(made: tuple[Path, World]) -> World:
    return World(dict(made[1].ids), dict(made[1].pks))  # what a test keeps is its own


@pytest.fixture
def settings(made: tuple[Path, World], tmp_path: Path) -> Iterator[Settings]:
    """A fresh copy of the world for this test."""
    data = tmp_path / "data"
    shutil.copytree(made[0], data)
    url = databases.new("test", TEMPLATES[made[0]])
    yield prepared(Settings(data_dir=data, database_url=url, secret_key="test" * 10))
    databases.drop(url)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    made = wsgi.build_house(settings)
    yield made
    made.close()


@pytest.fixture
def db(house: House) -> Iterator[Session]:
    """A reading session; `db.rollback()` lets it see what was committed since."""
    with Session(house.db.engine) as session:
        yield session


@pytest.fixture
def acting(house: House, world: World) -> Callable[[str], AbstractContextManager[Actor]]:
    """`with acting("rhea") as rhea:` acts in one unit of work, committed at the end. 'system' is the operator's shell."""

    @contextmanager
    def act(name: str) -> Iterator[Actor]:
        with house.db.writing() as session:
            yield the_system(session) if name == "system" else world.actor(session, name)

    return act


@pytest.fixture
def app(house: House) -> Flask:
    app = wsgi.create_app(house=house)
    app.config.update(TESTING=True, THROTTLE=False)
    return app


TEMPLATES: dict[Path, str] = {}  # the world's directory -> its database
Door = Callable[[str], FlaskClient]


@pytest.fixture
def door(app: Flask, house: House, world: World) -> Door:
    """`door("petra")`: a browser signed in as one of the cast; `door("nobody")`: signed out. CSRF is checked as always."""

    def open_door(name: str) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = "test"
        if name != "nobody":
            with house.db.writing() as session:
                token = sign_ins.begin(session, session.get_one(Person, world.pks[name]))[1]
            with client.session_transaction() as cookie:
                cookie["_user_id"] = token
        return client

    return open_door


def post(client: FlaskClient, url: str, **fields: object):  # type: ignore[no-untyped-def]
    """Post a form as a page of ours would: with the session's CSRF token."""
    return client.post(url, data={"csrf_token": csrf_of(client), **fields})


def seen(client: FlaskClient, url: str, **fields: object) -> str:
    """What a form carries, once it has shown who gains and who loses sight, to say that just this was seen; "" where it shows nothing."""
    asked = post(client, url, **fields)
    found = re.search(r'name="seen" value="(\w+)"', asked.get_data(as_text=True))
    assert asked.status_code == 422
    return found[1] if found else ""


def agreed(client: FlaskClient, url: str, **fields: object):  # type: ignore[no-untyped-def]
    """Post a form, look at what it would mean, and post it again."""
    return post(client, url, **fields, seen=seen(client, url, **fields))


def csrf_of(client: FlaskClient) -> str:
    """The CSRF token that a page shown to this client would hold."""
    from flask_wtf.csrf import generate_csrf

    app = client.application
    with client.session_transaction() as cookie, app.test_request_context():
        from flask import session as current

        current.update(cookie)
        token = generate_csrf()
        cookie["csrf_token"] = current["csrf_token"]
    return token


@pytest.fixture
def circle(acting: Callable[[str], AbstractContextManager[Actor]], world: World) -> str:
    """A community of both accounts: Rhea runs it; Petra and Mark are there for Calder Water, Otto for Otway Foods. Nobody has said yet
    whether other companies may see them. The id of its workspace; its forum and topics are the test's."""
    from portal.accounts.models import Account
    from workspaces.rooms import actions as rooms

    with acting("system") as system:
        accounts = {key: system.session.get_one(Account, world.pks[key]) for key in ("calder", "otway")}
        made = rooms.open_workspace(system, title="Sensors at work", accounts=list(accounts.values()), community=True)
        rooms.join(system, made, system.session.get_one(Person, world.pks["rhea"]), role="owner", account=None)
        for name, account in {"petra": "calder", "mark": "calder", "otto": "otway"}.items():
            person = system.session.get_one(Person, world.pks[name])
            rooms.join(world.actor(system.session, name), made, person, role="member", account=accounts[account])
        world.keep("circle", made)
        return str(made.id)


@pytest.fixture
def say_seen(acting: Callable[[str], AbstractContextManager[Actor]], circle: str) -> Callable[..., None]:
    """`say_seen("petra")`: she agrees that other companies see who she is; with False she does not any more."""
    from sqlalchemy import select

    from workspaces.rooms import actions as rooms
    from workspaces.rooms.models import Workspace

    def say(name: str, shown: bool = True) -> None:
        with acting(name) as actor:
            rooms.let_be_seen(actor, actor.session.scalars(select(Workspace).where(Workspace.id == circle)).one(), shown=shown)

    return say
