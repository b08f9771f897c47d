"""A PostgreSQL and a Redis of a test's own, to be killed, paused and brought back on the same port."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import redis

from tests.running import free_port
from tests.waiting import PATIENCE

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
INITDB = shutil.which("initdb") or (BIN and str(BIN / "initdb"))
REDIS = shutil.which("redis-server")


class Postgres:
    """A server with its data in a folder of its own. It syncs as it would for real: what it has acknowledged must survive."""

    def __init__(self) -> None:
        self.port = free_port()
        # Not in a test's folder: the folders above it are for the user who runs the tests alone, and PostgreSQL never is root.
        self.folder = Path(tempfile.mkdtemp(prefix="mainstay-pg-"))
        self.owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.owner:
            shutil.chown(self.folder, "postgres")

    def create(self) -> None:
        self._run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-E", "UTF8")

    def copy_of(self, primary: "Postgres") -> None:
        """Be its standby, streaming."""
        source = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        self._run("pg_basebackup", "-D", f"{self.folder}/data", *source, "-R", "--checkpoint=fast")

    def start(self, **more: str) -> None:
        """`more`: settings of this run."""
        told = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "max_connections": 100} | more
        options = [part for name, value in told.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            command = [*self.owner, self._tool("postgres"), "-D", f"{self.folder}/data", *options]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
        until = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def run(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres", autocommit=True, connect_timeout=5) as wire:
            answer = wire.execute(statement)  # type: ignore[call-overload]
            return answer.fetchall() if answer.description else []

    def kill(self) -> None:
        """kill -9 of the postmaster and all that are of it, at once: what a machine that goes away looks like."""
        pid = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        master = psutil.Process(pid)
        family = [master, *master.children(recursive=True)]
        for each in family:
            each.kill()
        psutil.wait_procs(family, 10)
        self.process.wait(10)

    def forget(self) -> None:
        """What it held: a server that is gone for good, and will be another's copy."""
        shutil.rmtree(self.folder / "data")

    def promote(self) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "promote")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tool(self, name: str) -> str:
        return shutil.which(name) or str(Path(str(BIN)) / name)

    def _run(self, tool: str, *arguments: str) -> None:
        subprocess.run([*self.owner, self._tool(tool), *arguments], check=True, capture_output=True, cwd="/", timeout=120)


class Redis:
    """A server that keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = [str(REDIS), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def forget(self) -> None:
        """FLUSHALL."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
