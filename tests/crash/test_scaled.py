"""Two web processes and a worker on PostgreSQL and Redis behave as one, and outlive what they stand on."""

import http.client
import json
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
import websocket
from sqlalchemy import func, select

import wsgi
from portal.kernel import migrations
from portal.kernel.actor import the_system
from portal.kernel.outbox import OutboxRow
from portal.kernel.settings import Settings, prepared
from portal.people import actions as people
from portal.people.models import Person
from tests import cast, databases
from tests.cast import World
from tests.crash.servers import INITDB, REDIS, Postgres, Redis
from tests.crash.test_kills import Writer
from tests.running import COMMAND, DATABASES, Running, kill
from tests.waiting import eventually
from workspaces.forums.models import Post

pytestmark = [
    pytest.mark.crash,
    pytest.mark.skipif(bool(databases.POSTGRESQL), reason="brings servers of its own, and ran beside SQLite"),
    pytest.mark.skipif(not INITDB or not REDIS, reason="needs the programs of PostgreSQL and Redis"),
]


class Site:
    """The installation: `--workers 2`, and the cast's world in it."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.redis = Postgres(), Redis(folder)
        self.postgres.create()
        self.postgres.start()
        self.redis.start()
        data = folder / "data"
        DATABASES[data] = f"postgresql+psycopg://postgres@127.0.0.1:{self.postgres.port}/postgres"
        self.house = wsgi.build_house(prepared(Settings(data_dir=data, database_url=DATABASES[data])))
        migrations.migrate(self.house)
        with self.house.db.writing() as session:
            self.world: World = cast.build(session)
            rhea = session.get_one(Person, self.world.pks["rhea"])
            self.token = people.make_token(the_system(session), name="scaled", scopes=["write"], person=rhea)[1]
        self.server = Running(data, MAINSTAY_REDIS_URL=self.redis.url)
        self.server.start("--workers", "2")
        eventually(lambda: len(self.server.webs()) == 2)

    @property
    def posts(self) -> str:
        return f"/api/v1/topics/{self.world.ids['topic']}/posts"

    def post(self, words: str, token: str = "", **headers: str) -> tuple[int, dict[str, Any]]:
        status, told = self.server.ask("POST", self.posts, {"body": words}, Authorization=f"Bearer {token or self.token}", **headers)
        return status, json.loads(told or b"{}")

    def insist(self, words: str, key: str) -> dict[str, Any]:
        """As a client does on a busy machine: again under the same key, as long as the answer is 503."""
        for _ in range(30):
            status, told = self.post(words, Idempotency_Key=key)
            if status != 503:
                break
        assert status == 201, told
        return told

    def counted(self) -> int:
        """How many posts the topic says that it has."""
        told = self.server.ask("GET", f"/api/v1/topics/{self.world.ids['topic']}", Authorization=f"Bearer {self.token}")[1]
        return int(json.loads(told)["post_count"])

    def another_token(self) -> tuple[str, str]:
        """Of Rhea's: itself, and its id."""
        with self.house.db.writing() as session:
            rhea = session.get_one(Person, self.world.pks["rhea"])
            row, token = people.make_token(the_system(session), name="another", scopes=["write"], person=rhea)
            return token, row.id

    def command(self, *words: str) -> str:
        done = subprocess.run([*COMMAND, *words], env=self.server.environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask_for_a_letter(self, email: str) -> int:
        """The form at the door, as a browser without scripts sends it; each request on a connection of its own."""
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        wire.request("GET", "/sign-in")
        page = wire.getresponse()
        cookie, token = page.headers["Set-Cookie"].partition(";")[0], re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())
        wire.close()
        assert token
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        sent = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        wire.request("POST", "/sign-in", urlencode({"csrf_token": token[1], "email": email}), sent)
        status = wire.getresponse().status
        wire.close()
        return status

    def invite(self, email: str) -> None:
        path = f"/api/v1/workspaces/{self.world.ids['room']}/invitations"
        status, told = self.server.ask("POST", path, {"email": email, "role": "member"}, Authorization=f"Bearer {self.token}")
        assert status == 201, told

    def letters(self, to: str) -> int:
        return sum(to in each.read_text() for each in (self.server.data / "mail").rglob("*") if each.is_file())

    def all_sent(self) -> bool:
        """Whether each letter is known to have gone out; a worker that is killed before it wrote so down sends the letter again."""
        with self.house.db.reading() as session:
            return not session.scalar(select(func.count()).where(OutboxRow.topic == "mail", OutboxRow.done_at.is_(None)))

    def refuses_sockets(self) -> bool:
        try:
            Ear(self, self.token).close()
        except websocket.WebSocketBadStatusException as error:
            return error.status_code == 503
        return False

    def takes_sockets(self) -> bool:
        try:
            for ear in self.listen_in_each().values():
                ear.close()
        except websocket.WebSocketException:
            return False
        return True

    def stored(self, pattern: str) -> list[str]:
        with self.house.db.reading() as session:
            return list(session.scalars(select(Post.body).where(Post.body.like(pattern)).order_by(Post.seq)))

    def listen_in_each(self, token: str = "") -> dict[int, "Ear"]:
        """A socket in each web process, watching the topic."""
        ears: dict[int, Ear] = {}
        until = time.monotonic() + 60
        while len(ears) < 2:
            assert time.monotonic() < until, "the sockets all went to one process"
            ear = Ear(self, token or self.token)
            if ears.setdefault(ear.process, ear) is not ear:
                ear.close()
        return ears

    def stop(self) -> None:
        self.server.stop()
        self.house.close()
        self.redis.go_on()
        self.redis.kill()
        self.postgres.stop()


class Ear(threading.Thread):
    """A page's socket: `heard` are the bodies of the posts that came, in their order, with their `seq`."""

    def __init__(self, site: Site, token: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[tuple[str, int]] = []
        self.wire = websocket.create_connection(f"ws://127.0.0.1:{site.server.port}/socket.io/?EIO=4&transport=websocket", timeout=10)
        assert self.wire.recv().startswith("0")
        self.wire.send(f'40{{"token":"{token}"}}')
        assert self.wire.recv().startswith("40")
        self.wire.send(f'421["watch",{{"topic":"{site.world.ids["topic"]}"}}]')
        while not (said := self.wire.recv()).startswith("431"):  # what the worker tells may come first
            assert said.startswith("42"), said
        mine = self.wire.sock.getsockname()[1]
        self.process = next(
            web.pid for web in site.server.webs() if mine in {each.raddr.port for each in web.net_connections() if each.raddr}
        )
        self.wire.settimeout(60)
        self.ended = threading.Event()
        self.start()

    def run(self) -> None:
        try:
            while said := self.wire.recv():
                if said == "2":
                    self.wire.send("3")
                elif said.startswith('42["post.created"'):
                    told = json.loads(said[2:])[1]
                    self.heard.append((told["body"], told["seq"]))
                elif said.startswith("41"):
                    break
        except (OSError, websocket.WebSocketException, ValueError):
            pass
        self.wire.shutdown()
        self.ended.set()

    def close(self) -> None:
        self.wire.shutdown()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("scaled")
    made = Site(folder)
    yield made
    made.stop()


def test_a_post_is_heard_in_every_process_in_order(site: Site) -> None:
    ears = site.listen_in_each()
    said = [f"Heard {n}" for n in range(10)]
    assert [site.post(words)[0] for words in said] == [201] * 10
    for ear in ears.values():
        eventually(lambda ear=ear: len(ear.heard) == 10)
        assert sorted(ear.heard, key=lambda each: each[1]) == sorted(ear.heard)
        assert sorted(body for body, _ in ear.heard) == sorted(said)
        assert len({seq for _, seq in ear.heard}) == 10
        ear.close()


def test_who_is_out_is_out_in_every_process(site: Site) -> None:
    token, id = site.another_token()
    ears, others = site.listen_in_each(token), site.listen_in_each()
    assert site.post("While it works", token)[0] == 201
    site.command("token", "revoke", id)
    for ear in ears.values():
        assert ear.ended.wait(30)
    assert site.post("Not any more", token)[0] == 401
    assert site.post("Still here")[0] == 201
    for ear in others.values():
        eventually(lambda ear=ear: ear.heard)
        ear.close()


def test_the_same_key_at_the_same_time_stores_once(site: Site) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: site.insist("At once", key="at once"), range(8)))
    assert len({told["id"] for told in answers}) == 1
    assert site.stored("At once") == ["At once"]
    assert site.post("Other words", Idempotency_Key="at once")[0] == 422


def test_many_at_once_lose_no_number(site: Site) -> None:
    counted = site.counted()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: site.insist(f"Number {n}", key=f"number {n}"), range(24)))
    assert len({told["id"] for told in answers}) == 24
    assert len(site.stored("Number %")) == 24
    assert site.counted() == counted + 24


def test_a_limit_counts_in_all_processes_together(site: Site) -> None:
    """Six letters to a mailbox in a quarter of an hour, wherever they are asked for."""
    answers = [site.ask_for_a_letter("petra@calder.example") for _ in range(12)]
    assert [answer == 429 for answer in answers] == [False] * 6 + [True] * 6, answers


def test_two_workers_share_the_work_and_do_nothing_twice(site: Site) -> None:
    other = subprocess.Popen([*COMMAND, "worker"], env=site.server.environment, stderr=subprocess.DEVNULL)
    try:
        eventually(
            lambda: any(each.raddr and each.raddr.port == site.postgres.port for each in psutil.Process(other.pid).net_connections())
        )
        guests = [f"guest{n}@elsewhere.example" for n in range(4)]
        for guest in guests[:2]:
            site.invite(guest)
        eventually(lambda: all(site.letters(guest) for guest in guests[:2]) and site.all_sent())
        worker = site.server.worker()
        assert worker is not None
        kill(worker)
        for guest in guests[2:]:
            site.invite(guest)
        eventually(lambda: all(site.letters(guest) for guest in guests))
        assert [site.letters(guest) for guest in guests] == [1] * 4
        assert other.poll() is None
    finally:
        other.terminate()
        assert other.wait(30) == 0


def test_redis_is_killed_and_comes_back(site: Site) -> None:
    ears = site.listen_in_each()
    site.redis.kill()
    try:
        assert site.post("Without Redis")[0] == 201
        for ear in ears.values():
            assert ear.ended.wait(60), "a socket that misses things is let go"
        eventually(site.refuses_sockets)
        asked = site.server.ask("GET", site.posts, Authorization=f"Bearer {site.token}")
        assert "Without Redis" in asked[1].decode()
        assert site.server.asks("/sign-in") == 200
    finally:
        site.redis.start()
    eventually(site.takes_sockets)
    heard_again(site, "Redis is back")


def test_redis_hangs_and_goes_on(site: Site) -> None:
    ears = site.listen_in_each()
    site.redis.pause()
    try:
        assert site.post("While Redis hangs")[0] == 201
        for ear in ears.values():
            assert ear.ended.wait(60)
        eventually(site.refuses_sockets)
    finally:
        site.redis.go_on()
    eventually(site.takes_sockets)
    heard_again(site, "Redis goes on")


def test_redis_forgets_everything(site: Site) -> None:
    site.redis.forget()
    heard_again(site, "Redis has forgotten")


def heard_again(site: Site, words: str) -> None:
    ears = site.listen_in_each()
    assert site.post(words)[0] == 201
    for ear in ears.values():
        eventually(lambda ear=ear: words in [body for body, _ in ear.heard])
        ear.close()


def test_the_database_is_killed_under_load(site: Site) -> None:
    family = {each.pid for each in site.server.family()}
    stopped = threading.Event()
    writers = [Writer(site.server, site.posts, site.token, n, stopped) for n in range(4)]
    for each in writers:
        each.start()
    for _ in range(2):
        already = sum(len(each.acknowledged) for each in writers)
        eventually(lambda already=already: sum(len(each.acknowledged) for each in writers) > already + 8)
        site.postgres.kill()
        site.postgres.start()
    already = sum(len(each.acknowledged) for each in writers)
    eventually(lambda: sum(len(each.acknowledged) for each in writers) > already + 8)
    stopped.set()
    for each in writers:
        each.join(60)
    assert [line for each in writers for line in each.odd] == []
    acknowledged = {body for each in writers for body in each.acknowledged}
    stored = site.stored("Message % of writer %")
    assert [body for body, times in Counter(stored).items() if times > 1] == []
    assert set(stored) == acknowledged
    assert {each.pid for each in site.server.family()} == family, "nothing of ours had to be started again"
    heard_again(site, "The database is back")
    assert "breach" not in site.command("verify")
