"""A real `mainstay serve` in processes of its own, to be asked, stopped and killed."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

import wsgi
from portal.kernel import migrations
from portal.kernel.house import House
from portal.kernel.settings import Settings, prepared
from tests import cast, databases
from tests.cast import World

COMMAND = [sys.executable, "-c", "import wsgi; wsgi.main()"]
READY = 90.0  # seconds; a machine that builds something else beside us is slow to start anything
DATABASES: dict[Path, str] = {}  # of data directories that were prepared; none for SQLite


class Running:
    """The server of one data directory. `url` stays the same over restarts."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAINSTAY_")}
        told = {"MAINSTAY_DATA_DIR": str(data), "MAINSTAY_LOG": "warning", "MAINSTAY_DATABASE_URL": DATABASES.get(data, "")}
        self.environment = kept | told | environment
        self.log = data / "test.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", str(self.port), *options],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        self.wait_ready()

    def wait_ready(self) -> None:
        """Until /readyz says so. Fails with the log where the server ended instead."""
        until = time.monotonic() + READY
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            if self.asks("/readyz") == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"not ready: {self.log.read_text()}")

    def asks(self, path: str) -> int:
        """The status of an answer; 0 where there is none."""
        return self.ask("GET", path)[0]

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Status and body of an answer on a connection of its own; 0 where there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = None if body is None else json.dumps(body)
            kind = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, sent, kind | {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def stop(self) -> float:
        """SIGTERM; the seconds that it took to go. Kills what does not go within 25."""
        if self.process is None:
            return 0.0
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(25)
        finally:
            self.kill_all()
        return time.monotonic() - began

    def kill_all(self) -> None:
        for each in self.family():
            kill(each)
        if self.process is not None:
            self.process.wait(5)

    def family(self) -> list[psutil.Process]:
        """The launcher and its children."""
        try:
            parent = psutil.Process(self.process.pid if self.process else 0)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def worker(self) -> psutil.Process | None:
        """The background worker: whoever holds its lock; on PostgreSQL, where each topic has one, the child that does not listen."""
        if DATABASES.get(self.data):
            return next((each for each in self.family()[1:] if not self._listens(each)), None)
        try:
            pid = int((self.data / "worker.lock").read_text() or 0)
            return next((each for each in self.family() if each.pid == pid), None)
        except (FileNotFoundError, ValueError):
            return None

    @staticmethod
    def _listens(process: psutil.Process) -> bool:
        try:
            return any(each.status == psutil.CONN_LISTEN for each in process.net_connections("tcp"))
        except psutil.NoSuchProcess:
            return True

    def webs(self) -> list[psutil.Process]:
        worker = self.worker()
        return [each for each in self.family()[1:] if worker is None or each.pid != worker.pid]


def prepare(data: Path) -> tuple[House, World]:
    """A data directory with the cast's world in a migrated database, and its house in this process."""
    DATABASES[data] = databases.new("served")
    house = wsgi.build_house(prepared(Settings(data_dir=data, database_url=DATABASES[data])))
    migrations.migrate(house)
    with house.db.writing() as session:
        world = cast.build(session)
    return house, world


def free_port() -> int:
    """One that stays free: not of those that the machine gives to outgoing connections, as a server here is started again on its port."""
    while True:
        port = random.SystemRandom().randrange(15000, 32000)
        with contextlib.suppress(OSError), socket.socket() as trial:
            trial.bind(("127.0.0.1", port))
            return port


def kill(process: psutil.Process) -> None:
    """kill -9, unless it is gone already."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
