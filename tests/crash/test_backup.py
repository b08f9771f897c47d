"""A backup under writers, restored: nothing acknowledged before it began is missing, and every byte is the one that was sent."""

import hashlib
import json
import secrets
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import urllib3
from sqlalchemy import select

import wsgi
from portal.kernel.actor import the_system
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people.models import Person
from tests import databases
from tests.crash.test_kills import SCALE, WRITERS, Writer
from tests.running import COMMAND, DATABASES, Running, prepare
from workspaces.forums.models import Post
from workspaces.library.models import FileVersion

MESSAGES = 60 * SCALE  # acknowledged before the backup begins

pytestmark = pytest.mark.crash


@dataclass
class Uploader(threading.Thread):
    """Adds one file after the other; knows the SHA-256 of each that was acknowledged."""

    url: str
    token: str
    stopped: threading.Event
    acknowledged: dict[str, str] = field(default_factory=dict)  # id -> SHA-256
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.stopped.is_set():
            content = secrets.token_bytes(200_000)
            sha256 = hashlib.sha256(content).hexdigest()
            sent = {"file": (f"{sha256[:12]}.bin", content)}
            answer = urllib3.request("POST", self.url, fields=sent, headers={"Authorization": f"Bearer {self.token}"}, timeout=30)
            if answer.status == 201:
                self.acknowledged[json.loads(answer.data)["id"]] = sha256
            elif answer.status != 503:
                self.odd.append(f"{answer.status} {answer.data[:200]!r}")


@dataclass
class Load:
    """A server, and those who write to it."""

    server: Running
    writers: list[Writer]
    uploader: Uploader

    def acknowledged(self) -> dict[str, str]:
        return {body: id for writer in self.writers for body, id in dict(writer.acknowledged).items()}


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    house, world = prepare(tmp_path / "data")
    with house.db.writing() as session:
        rhea = session.get_one(Person, world.pks["rhea"])
        token = people.make_token(the_system(session), name="crash", scopes=["write"], person=rhea)[1]
    house.close()
    server = Running(tmp_path / "data")
    server.start()
    stopped = threading.Event()
    path = f"/api/v1/topics/{world.ids['topic']}/posts"
    writers = [Writer(server, path, token, number, stopped) for number in range(WRITERS)]
    uploader = Uploader(f"{server.url}/api/v1/folders/{world.ids['folder']}/files", token, stopped)
    try:
        yield Load(server, writers, uploader)
    finally:
        stopped.set()
        server.stop()


def test_a_backup_under_load_holds_all_that_was_acknowledged_before(load: Load, tmp_path: Path) -> None:
    for each in (*load.writers, load.uploader):
        each.start()
    wait_for(lambda: len(load.acknowledged()) >= MESSAGES and len(load.uploader.acknowledged) >= 5)
    elsewhere = tmp_path / "restored"
    DATABASES[elsewhere] = databases.new("restored")
    messages, files = load.acknowledged(), dict(load.uploader.acknowledged)
    run("backup", str(tmp_path / "b.tar"), server=load.server)
    began = len(load.acknowledged())
    wait_for(lambda: len(load.acknowledged()) > began)  # people still write
    load.uploader.stopped.set()
    for each in (*load.writers, load.uploader):
        each.join(60)
    assert [line for each in (*load.writers, load.uploader) for line in each.odd] == []
    said = json.loads(run("restore", str(tmp_path / "b.tar"), "--json", server=load.server, data=elsewhere))
    assert (said["breaches"], said["left"], said["manifest"]["damaged"]) == ({}, [], [])
    house = wsgi.build_house(prepared(Settings(data_dir=elsewhere, database_url=DATABASES[elsewhere])))
    try:
        with house.db.reading() as session:
            stored = dict(session.execute(select(Post.body, Post.id)).all())
            assert {body: id for body, id in messages.items() if stored.get(body) != id} == {}
            kept = set(session.scalars(select(FileVersion.sha256)))
        assert set(files.values()) <= kept
        for sha256 in kept:
            assert hashlib.sha256(house.storage.path(sha256).read_bytes()).hexdigest() == sha256
    finally:
        house.close()
    run("verify", server=load.server, data=elsewhere)
    assert "equals the database" in run("index", "verify", server=load.server, data=elsewhere)


def run(*arguments: str, server: Running, data: Path | None = None) -> str:
    """What a command printed, on the server's data directory or another."""
    environment = server.environment | ({"MAINSTAY_DATA_DIR": str(data), "MAINSTAY_DATABASE_URL": DATABASES[data]} if data else {})
    said = subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout


def wait_for(what) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + 120 * SCALE
    while not what():
        assert time.monotonic() < until, "the writers hardly came to write"
        time.sleep(0.05)
