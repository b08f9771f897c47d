"""/healthz and /readyz: open to all, in words, and nobody's secret."""

import shutil
from collections import namedtuple

import pytest
from alembic import command
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.kernel import migrations
from portal.kernel.house import House


@pytest.fixture
def client(app: Flask, house: House) -> FlaskClient:
    """Signed out, on a database that says which revision it is at."""
    migrations.run(house.db, command.stamp, "head")
    return app.test_client()


def test_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"alive": True}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"ready": True, "reasons": []})


def test_load_balancers_ask_by_address(client: FlaskClient) -> None:
    assert client.get("/readyz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
    assert client.get("/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_a_database_of_another_revision_is_a_reason(client: FlaskClient, house: House) -> None:
    with house.db.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reasons": ["The database is not at this program's revision."]}
    assert client.get("/healthz").status_code == 200


def test_a_full_disk_is_a_reason(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(100, 99, 1))
    assert client.get("/readyz").json == {"ready": False, "reasons": ["There is no room left on the disk."]}


def test_a_database_that_is_away_is_a_reason(client: FlaskClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def away(db: object) -> str:
        raise OperationalError("SELECT 1", {}, Exception("/secret/path is gone"))

    monkeypatch.setattr(migrations, "revision", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "reasons": ["The database cannot be reached."]}
