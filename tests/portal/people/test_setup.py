"""The first start: whoever gets there first, once."""

import threading

import pytest
from sqlalchemy import func, select

import wsgi
from portal.kernel.db import Base
from portal.kernel.events import breaches
from portal.kernel.settings import Settings, prepared
from portal.people.models import Installation, Person
from tests.conftest import post

TOLD = {
    "vendor": "Tidewell",
    "timezone": "Europe/Berlin",
    "name": "Ada Admin",
    "email": "ada@tidewell.example",
    "password": "neun Boote am Steg",
}


@pytest.fixture
def empty(tmp_path):
    """A house in which nobody lives yet."""
    house = wsgi.build_house(prepared(Settings(data_dir=tmp_path / "empty", secret_key="test" * 10)))
    Base.metadata.create_all(house.db.engine.execution_options(write=True))
    yield house
    house.close()


@pytest.fixture
def fresh(empty):
    app = wsgi.create_app(house=empty)
    app.config.update(TESTING=True, THROTTLE=False)
    return app


def test_from_nothing_to_signed_in(fresh, empty):
    browser = fresh.test_client()
    assert browser.get("/").location == "/setup"
    assert browser.get("/sign-in").location == "/setup"
    assert "Set up your portal" in browser.get("/setup").text
    assert post(browser, "/setup", **TOLD).location == "/accounts/new"
    assert "Tidewell" in browser.get("/me/settings/profile").text
    with empty.db.reading() as session:
        ada = session.scalar(select(Person))
        assert (ada.roles, ada.timezone) == (["rep", "admin"], "Europe/Berlin")
        assert session.scalar(select(Installation.name)) == "Tidewell"
        assert list(breaches(session)) == []


def test_then_it_is_closed(fresh):
    assert post(fresh.test_client(), "/setup", **TOLD).status_code == 303
    other = fresh.test_client()
    assert other.get("/setup").status_code == 404
    assert post(other, "/setup", **TOLD | {"email": "eve@evil.example"}).status_code == 404
    assert other.get("/").location == "/sign-in"


def test_two_browsers_racing_make_one_admin(fresh, empty):
    answers = []
    clients = [(fresh.test_client(), n) for n in range(4)]
    ready = threading.Barrier(len(clients))

    def race(client, n):
        ready.wait()
        answers.append(post(client, "/setup", **TOLD | {"email": f"ada{n}@tidewell.example"}).status_code)

    threads = [threading.Thread(target=race, args=each) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 404, 404, 404]
    with empty.db.reading() as session:
        assert session.scalar(select(func.count(Person.pk))) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vendor", ""),
        ("vendor", "x" * 81),
        ("timezone", "Mars/Olympus"),
        ("name", " "),
        ("email", "ada"),
        ("password", "short"),
        ("password", "tidewell1"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(fresh, empty, field, value):
    page = post(fresh.test_client(), "/setup", **TOLD | {field: value})
    assert page.status_code == 422
    assert f'id="e-{field}"' in page.text
    assert "There is a problem" in page.text
    assert "<title>Error:" in page.text
    if field != "name":
        assert "Ada Admin" in page.text  # kept
    assert TOLD["password"] not in page.text
    with empty.db.reading() as session:
        assert session.scalar(select(func.count(Person.pk))) == 0


def test_a_world_with_an_admin_never_offers_it(door):
    assert door("nobody").get("/setup").status_code == 404
