"""kill -9 under load: what was acknowledged is there exactly once, nothing was altered, and the index catches up."""

import json
import os
import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.people import actions as people
from portal.people.models import Person
from tests.cast import World
from tests.running import COMMAND, Running, kill, prepare
from workspaces.forums.models import Post

SCALE = int(os.environ.get("MAINSTAY_TEST_SCALE", "1"))
KILLS = 4 * SCALE
WRITERS = 4
CATCH_UP = 30.0  # seconds

pytestmark = pytest.mark.crash


@dataclass
class Writer(threading.Thread):
    """Posts one message after the other, each under its own Idempotency-Key, and asks again with the same key until it is told."""

    server: Running
    path: str
    token: str
    number: int
    stopped: threading.Event
    acknowledged: dict[str, str] = field(default_factory=dict)  # body -> id of the post
    odd: list[str] = field(default_factory=list)
    retries: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return self.number

    def run(self) -> None:
        n = 0
        while not self.stopped.is_set():
            n += 1
            self.post(f"Message {n} of writer {self.number}")

    def post(self, body: str) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            key = {"Authorization": f"Bearer {self.token}", "Idempotency_Key": body}
            status, answer = self.server.ask("POST", self.path, {"body": body}, **key)
            if status == 201:
                self.acknowledged[body] = json.loads(answer)["id"]
                return
            if status not in (0, 503):
                self.odd.append(f"{body}: {status} {answer[:200]!r}")
                return
            self.retries += 1
            time.sleep(0.05)
        self.odd.append(f"{body}: never answered")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[House, World, str]]:
    house, world = prepare(tmp_path / "data")
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="crash", scopes=["write"], person=rhea)[1]
    yield house, world, token
    house.close()


def test_killed_again_and_again_nothing_acknowledged_is_lost_or_twice(world: tuple[House, World, str]) -> None:
    house, cast, token = world
    server = Running(house.settings.data_dir)
    server.start()
    stopped = threading.Event()
    path = f"/api/v1/topics/{cast.ids['topic']}/posts"
    writers = [Writer(server, path, token, number, stopped) for number in range(WRITERS)]
    try:
        for writer in writers:
            writer.start()
        dice = random.Random(20261119)
        for n in range(KILLS):
            wait_until_written(writers, (n + 1) * (WRITERS + 1))
            time.sleep(dice.uniform(0.4, 1.2))
            strike(server, ("web", "worker", "all")[n % 3])
        time.sleep(0.5)
        stopped.set()
        for writer in writers:
            writer.join(60)
        wait_until_drained(house)
    finally:
        stopped.set()
        server.stop()
    assert [line for writer in writers for line in writer.odd] == []
    acknowledged = {body: id for writer in writers for body, id in writer.acknowledged.items()}
    assert len(acknowledged) > KILLS * WRITERS, "the writers hardly came to write"
    assert sum(writer.retries for writer in writers) > 0, "no kill ever met a request"
    with house.db.reading() as session:
        stored = session.execute(select(Post.body, Post.id).where(Post.body.like("Message % of writer %"))).all()
    assert [body for body, times in Counter(body for body, _ in stored).items() if times > 1] == []
    assert dict(stored) == acknowledged
    said = subprocess.run([*COMMAND, "verify"], env=server.environment, capture_output=True, text=True, check=False, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr


def wait_until_written(writers: list[Writer], least: int) -> None:
    """Until so many messages were acknowledged, however slow the machine is."""
    until = time.monotonic() + CATCH_UP
    while sum(len(writer.acknowledged) for writer in writers) < least and time.monotonic() < until:
        time.sleep(0.05)


def strike(server: Running, whom: str) -> None:
    """kill -9, then wait until the server answers again; the launcher mends its children, and we the launcher."""
    if whom == "all":
        server.kill_all()
        server.start()
        return
    worker = server.worker()
    for each in server.webs() if whom == "web" else [worker] if worker else []:
        kill(each)
    server.wait_ready()


def wait_until_drained(house: House) -> None:
    """Until the background worker has nothing left to do."""
    until = time.monotonic() + CATCH_UP
    left = -1
    while time.monotonic() < until:
        with house.db.reading() as session:
            left = session.scalar(select(func.count()).where(OutboxRow.topic == "index", OutboxRow.done_at.is_(None))) or 0
        if left == 0:
            return
        time.sleep(0.2)
    raise AssertionError(f"{left} rows still wait")
