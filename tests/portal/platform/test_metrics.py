"""/metrics: for who asks on the machine, or with an admin's token; numbers, and nobody's names."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from alembic import command
from flask.testing import FlaskClient

from portal.kernel import migrations
from portal.kernel.backups import schedule
from portal.kernel.house import House
from portal.kernel.outbox import Task, enqueue
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World

AFAR = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def client(app, house: House) -> FlaskClient:
    migrations.run(house.db, command.stamp, "head")
    return app.test_client()


@pytest.fixture
def token(house: House, world: World) -> Callable[..., str]:
    from portal.kernel.actor import the_system

    def make(name: str, *scopes: str) -> str:
        with house.db.writing() as session:
            person = session.get_one(Person, world.pks[name])
            return people.make_token(the_system(session), name="prometheus", scopes=list(scopes), person=person)[1]

    return make


def values(text: str) -> dict[str, float]:
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line and not line.startswith("#")}


def test_requests_are_counted_by_route_and_status(client, house, world):
    client.get("/healthz")
    client.get("/healthz")
    client.get(f"/w/{world.ids['room']}/")
    client.open("/healthz", method="BREW")
    told = values(client.get("/metrics").text)
    assert told['mainstay_requests_total{method="GET",route="/healthz",status="200"}'] == 2
    assert told['mainstay_requests_total{method="GET",route="/w/<ref:workspace>/",status="303"}'] == 1
    assert told['mainstay_requests_total{method="other",route="none",status="405"}'] == 1
    assert told['mainstay_request_seconds_count{route="/healthz"}'] == 2
    assert told['mainstay_request_seconds_bucket{le="+Inf",route="/healthz"}'] == 2


def test_what_waits_and_what_was_given_up(client, house):
    before = values(client.get("/metrics").text)
    with house.db.writing() as session:
        enqueue(session, "mail", Task("x", {}))
        enqueue(session, "mail", Task("y", {})).parked_at = moment()
    after = values(client.get("/metrics").text)
    assert after['mainstay_outbox_waiting{topic="mail"}'] == before['mainstay_outbox_waiting{topic="mail"}'] + 1
    assert after['mainstay_outbox_parked{topic="mail"}'] == 1
    assert 'mainstay_outbox_oldest_seconds{topic="index"}' in after
    assert after['mainstay_written{kind="post"}'] >= 3
    assert after["mainstay_database_bytes"] > 10_000
    assert after["mainstay_disk_free_bytes"] > 0
    assert after["mainstay_worker_up"] == 0
    assert after["mainstay_ready"] == 1


def moment():
    from portal.kernel.clock import now

    return now()


@pytest.mark.parametrize(
    "asks",
    [
        {"environ_base": AFAR},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"Forwarded": "for=192.0.2.7"}},
        {"headers": {"Via": "1.1 proxy"}},
        {"headers": {"Host": "portal.example.com"}},
    ],
)
def test_from_elsewhere_nothing_is_told(client, asks):
    assert client.get("/metrics").status_code == 200
    refused = client.get("/metrics", **asks)
    assert refused.status_code in (400, 401)
    assert "mainstay_" not in refused.text


def test_an_admins_token_reads_it_from_anywhere_and_no_other(client, token):
    def ask(secret: str) -> int:
        return int(client.get("/metrics", environ_base=AFAR, headers={"Authorization": f"Bearer {secret}"}).status_code)

    assert ask(token("ada", "admin")) == 200
    assert ask(token("ada", "read")) == 403
    assert ask(token("rhea", "write")) == 403
    assert ask("mst_nonsense") == 401


def test_a_signed_in_browser_does_not_read_it(door):
    for name in ("ada", "rhea", "petra"):
        assert door(name).get("/metrics", environ_overrides=AFAR).status_code == 403
    assert door("nobody").get("/metrics", environ_overrides=AFAR).status_code == 401


def test_nobodys_names_or_ids_are_in_it(client, door, world):
    for path in (f"/w/{world.ids['room']}/", f"/accounts/{world.ids['calder']}", "/search?q=Calder", "/nowhere/Calder"):
        assert door("rhea").get(path).status_code in (200, 404)
    told = client.get("/metrics").text
    assert "/accounts/<ref:account>" in told
    for secret in (*world.ids.values(), "Calder", "tidewell", "Petra"):
        assert secret not in told
    assert not re.search(r"[0-9A-Za-z]{22}", re.sub(r"# .*", "", told).replace("_", " "))


def test_how_old_the_newest_backup_is(client, house, tmp_path):
    assert "mainstay_backup_age_seconds" not in client.get("/metrics").text
    house.settings = replace(house.settings, backup_dir=tmp_path)
    assert "mainstay_backup_age_seconds" not in client.get("/metrics").text
    schedule.make_scheduled(house)
    assert 0 <= values(client.get("/metrics").text)["mainstay_backup_age_seconds"] < 600


def test_while_the_database_is_away_it_still_answers(client, house, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def away(*of):
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("portal.kernel.vitals.worker_lives", away)
    told = values(client.get("/metrics").text)
    assert "mainstay_disk_free_bytes" in told
    assert "mainstay_worker_up" not in told


TWO = """
import os, sys
from pathlib import Path
from portal.web import metrics
metrics.share(Path(sys.argv[1]))
folder = os.environ[metrics.SHARED]
import wsgi
from portal.kernel.settings import Settings, prepared
children = []
for n in (1, 2):
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        counted = metrics.Metrics(wsgi.build_house(prepared(Settings(data_dir=Path(sys.argv[1])))))
        for _ in range(n):
            counted.note("GET", "/healthz", 200, 0.01)
        counted.sockets.inc()
        os.write(write, b"done")
        os.read(0, 1)
        os._exit(0)
    os.read(read, 4)
    children.append(pid)
text = metrics.Metrics(wsgi.build_house(prepared(Settings(data_dir=Path(sys.argv[1]))))).text
print(sorted(line for line in text().decode().splitlines() if line.startswith(("mainstay_requests_total", "mainstay_sockets "))))
metrics.forget(children[0])
print(sorted(line for line in text().decode().splitlines() if line.startswith(("mainstay_requests_total", "mainstay_sockets "))))
metrics.close()
print(os.path.exists(folder))
os.kill(children[0], 9), os.kill(children[1], 9)
"""


def test_several_processes_count_together(tmp_path):
    """Whichever of them is asked tells what all have counted; a process that ended takes its sockets with it, and no count."""
    told = subprocess.run([sys.executable, "-c", TWO, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60)
    counted = """'mainstay_requests_total{method="GET",route="/healthz",status="200"} 3.0'"""
    assert told.stdout.splitlines() == [f"[{counted}, 'mainstay_sockets 2.0']", f"[{counted}, 'mainstay_sockets 1.0']", "False"]
