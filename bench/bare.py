"""Baselines, taken in the same run as what is compared with them: what the machine needs for the least that would do. Nothing of
the product is imported here.

    python -m bench.bare page PORT      one template from Flask, served by gunicorn's threads
    python -m bench.bare files PORT     Flask that keeps what is sent, hashed and forced to the disk, and sends it again
    python -m bench.bare floor PORT     writes whatever is posted to every open WebSocket, as a frame made once
    python -m bench.bare copy DIR FILE  every file of DIR into one, hashed on the way
"""

import base64
import hashlib
import os
import re
import selectors
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from flask import Flask, render_template, request, send_file
from gunicorn.app.base import BaseApplication
from jinja2 import DictLoader

KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "mmap_size=268435456")
PATIENCE = 90.0
ROWS = [(n, f"Line {n}", "A few words such as a list has them.") for n in range(30)]
BARE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><h1>{{ title }}</h1><ul>
{% for n, name, words in rows %}<li><a href="/line/{{ n }}">{{ name }}</a> <span>{{ words }}</span></li>
{% endfor %}</ul></body></html>"""


@contextmanager
def running(what: str, module: str = "bench.bare") -> Iterator[tuple[int, psutil.Process]]:
    """One of these in a process of its own: its port, and the process."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", module, what, str(port)])
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{what} did not start") from None
                time.sleep(0.01)
        yield port, psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def transactions(folder: Path, writers: int, seconds: float) -> float:
    """Messages a second that threads write to an SQLite file with our settings and nothing else: a row, and its topic's count."""
    file = folder / "bare.sqlite3"
    with sqlite3.connect(file) as made:
        made.executescript(
            "pragma journal_mode=WAL; create table topic (pk integer primary key, posts int);"
            "create table post (pk integer primary key, topic int, body text); create index of_topic on post (topic);"
        )
        made.executemany("insert into topic values (?, 0)", [(n,) for n in range(writers)])
    turn, done, until = threading.Lock(), [0] * writers, time.monotonic() + seconds

    def write(n: int) -> None:
        db = sqlite3.connect(file, isolation_level=None)
        for pragma in PRAGMAS:
            db.execute(f"pragma {pragma}")
        while time.monotonic() < until:
            with turn:
                db.execute("begin immediate")
                db.execute("insert into post (topic, body) values (?, ?)", (n, "words " * 50))
                db.execute("update topic set posts = posts + 1 where pk = ?", (n,))
                db.execute("commit")
            done[n] += 1
        db.close()

    threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return sum(done) / seconds


def copied(folder: Path, to: Path) -> tuple[float, float]:
    """Every file read, hashed and written once more, and forced to the disk: seconds by the clock, and of CPU.

    In a process of its own: one that has a database open and opens its file beside that loses SQLite's locks (POSIX has it so).
    """
    told = subprocess.run([sys.executable, "-m", "bench.bare", "copy", str(folder), str(to)], check=True, stdout=subprocess.PIPE, text=True)
    seconds, spent = told.stdout.split()
    return float(seconds), float(spent)


def copy(folder: Path, to: Path) -> None:
    began, spent = time.perf_counter(), time.process_time()
    with to.open("wb") as out:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            data = path.read_bytes()
            hashlib.sha256(data)
            out.write(data)
        os.fsync(out.fileno())
    print(time.perf_counter() - began, time.process_time() - spent)


def bare_app() -> Flask:
    """Flask and one template, nothing else: what the machine needs for any page."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": BARE})
    app.add_url_rule("/", view_func=lambda: render_template("page.html", title="A page", rows=ROWS), endpoint="page")
    return app


def files_app() -> Flask:
    """Flask that takes one file in pieces and sends it: no accounts, no rights, no database."""
    app, path = Flask("files"), Path(tempfile.mkdtemp()) / "file"

    def take() -> tuple[str, int]:
        offset, hashed = int(request.headers["Upload-Offset"]), hashlib.sha256()
        with path.open("r+b" if offset else "wb") as file:
            file.seek(offset)
            while piece := request.stream.read(1 << 18):
                hashed.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return "", 204

    app.add_url_rule("/", view_func=lambda: send_file(path, as_attachment=True), endpoint="send")
    app.add_url_rule("/", view_func=take, methods=["PATCH"], endpoint="take")
    return app


class Bare(BaseApplication):  # type: ignore[misc]
    """gunicorn as the product runs it, with one of these behind it."""

    def __init__(self, port: int, app: Flask) -> None:
        self.port, self.app = port, app
        super().__init__()

    def load_config(self) -> None:
        told = {"bind": f"127.0.0.1:{self.port}", "worker_class": "gthread", "threads": 264, "loglevel": "error", "keepalive": 15}
        for name, value in (told | {"control_socket_disable": True}).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app


class Floor:
    """One thread, one frame, one write a socket: no server can be quicker on this machine by much."""

    def __init__(self, port: int) -> None:
        self.watchers: set[socket.socket] = set()
        self.chosen = selectors.DefaultSelector()
        listener = socket.create_server(("127.0.0.1", port), backlog=2048)
        self.chosen.register(listener, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        while True:
            for key, _mask in self.chosen.select():
                key.data(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        connection, _address = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.chosen.register(connection, selectors.EVENT_READ, self._hear)

    def _hear(self, connection: socket.socket) -> None:
        data = connection.recv(65536)
        if data.startswith(b"GET "):
            key = re.search(rb"(?i)sec-websocket-key: *(\S+)", data)
            accept = base64.b64encode(hashlib.sha1(key[1] + KEY).digest()) if key else b""
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
            connection.sendall(head + accept + b"\r\n\r\n")
            self.watchers.add(connection)
        elif data.startswith(b"POST "):
            self._tell(data, connection)
        elif not data:
            self.watchers.discard(connection)
            self.chosen.unregister(connection)
            connection.close()

    def _tell(self, data: bytes, connection: socket.socket) -> None:
        head, _gap, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        while length and len(body) < int(length[1]):
            body += connection.recv(65536)
        frame = framed(body)
        for each in self.watchers:
            each.sendall(frame)
        connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


def framed(payload: bytes) -> bytes:
    """One text frame, as a server sends it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    return (b"\x81\x7e" + size.to_bytes(2, "big") if size < 2**16 else b"\x81\x7f" + size.to_bytes(8, "big")) + payload


if __name__ == "__main__":
    kind, *rest = sys.argv[1:]
    if kind == "page":
        Bare(int(rest[0]), bare_app()).run()
    elif kind == "files":
        Bare(int(rest[0]), files_app()).run()
    elif kind == "floor":
        Floor(int(rest[0])).serve()
    else:
        copy(Path(rest[0]), Path(rest[1]))
