"""What stands around the server fails under it: it says so, acknowledges nothing that is not stored, and goes on by itself."""

import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.kernel.actor import the_system
from portal.people import actions as people
from portal.people.models import Person
from tests import databases
from tests.cast import World
from tests.running import Running, kill, prepare

pytestmark = pytest.mark.crash


@dataclass
class Site:
    """A server and a token of Rhea's."""

    server: Running
    world: World
    token: str

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        status, told = self.server.ask(method, f"/api/v1/{path}", body, Authorization=f"Bearer {self.token}")
        return status, json.loads(told or b"null")

    def post(self, words: str) -> tuple[int, Any]:
        return self.ask("POST", f"topics/{self.world.ids['topic']}/posts", {"body": words})

    def found(self, words: str) -> int:
        return int(self.ask("GET", f"search?q={words}")[1]["total"])


def opened(data: Path) -> Site:
    house, world = prepare(data)
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="faults", scopes=["write"], person=rhea)[1]
    house.close()
    server = Running(data)
    server.start()
    return Site(server, world, token)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = opened(tmp_path / "data")
    yield made
    made.server.stop()


def within(seconds: float, what: Callable[[], object]) -> bool:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


@pytest.mark.skipif(bool(databases.POSTGRESQL), reason="writers of SQLite take turns; PostgreSQL locks rows")
def test_another_process_locks_the_database(site: Site) -> None:
    with closing(sqlite3.connect(site.server.data / "mainstay.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, told = site.post("Not now.")
        assert status == 503
        assert "Nothing was saved" in told["detail"]
        assert site.ask("GET", f"topics/{site.world.ids['topic']}/posts")[0] == 200
        other.execute("ROLLBACK")
    assert site.post("Now.")[0] == 201
    said = [each["body"] for each in site.ask("GET", f"topics/{site.world.ids['topic']}/posts")[1]["items"]]
    assert "Now." in said
    assert "Not now." not in said


def test_the_index_is_taken_away_and_the_worker_is_killed(site: Site) -> None:
    assert within(90, lambda: site.found("panels") == 1)
    (site.server.data / "index").rename(site.server.data / "taken away")  # at once: who deletes file by file races with who writes them
    assert site.found("panels") == 1, "the database is looked through meanwhile"
    assert within(90, lambda: site.ask("GET", "search?q=panels")[1]["total_is_exact"])
    worker = site.server.worker()
    assert worker is not None
    kill(worker)
    assert within(90, lambda: (now := site.server.worker()) is not None and now.pid != worker.pid)
    assert site.post("okapilight")[0] == 201
    assert within(90, lambda: site.found("okapilight") == 1)


@pytest.mark.skipif(bool(databases.POSTGRESQL), reason="the database is on another disk")
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="a small disk is made by mounting one, as root")
def test_the_disk_is_full(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(small)], check=False, capture_output=True).returncode:
        pytest.skip("this machine mounts nothing")
    site = None
    try:
        site = opened(small / "data")
        fill(small / "filler")
        answers = [site.post(f"Full {n}. " + "x" * 4000) for n in range(40)]
        assert {status for status, _ in answers} <= {201, 503}
        assert answers[-1][0] == 503
        assert site.ask("GET", f"topics/{site.world.ids['topic']}/posts")[0] == 200
        assert site.server.asks("/readyz") == 503
        (small / "filler").unlink()
        assert within(10, lambda: site.post("There is room again.")[0] == 201)
        for status, told in answers:
            if status == 201:
                assert site.ask("GET", f"posts/{told['id']}")[0] == 200, "acknowledged and lost"
    finally:
        if site is not None:
            site.server.stop()
        subprocess.run(["umount", "-l", str(small)], check=False)


def fill(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
    except OSError:
        return
