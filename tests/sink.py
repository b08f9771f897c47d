"""A real server on loopback that does with what it is sent as it is told: answers, hangs, drips, lies."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """One request: what was asked for and sent."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """`answers` by path: a status, or one of "hang", "drip", "drip headers", "huge", "cut", "to URL". All others get 204."""

    url: str
    got: list[Got] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, int | str] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[Got]:
        return [each for each in self.got if each.path == path]


@contextmanager
def sinking() -> Iterator[Sink]:
    """The server for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            sink.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sink.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            try:
                _answer(self, sink, sink.answers.get(self.path, 204))
            except OSError:
                self.close_connection = True  # cut by who asked

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sink = Sink(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield sink
    finally:
        sink.done.set()
        server.shutdown()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, sink: Sink, what: int | str) -> None:
    if isinstance(what, int):
        handler.send_response(what)
        said = b"" if what == 204 else f"Said {what}".encode()
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)
    elif what == "hang":
        sink.done.wait(30)
    elif what == "cut":
        handler.connection.close()
    elif what.startswith("to "):
        handler.send_response(307)
        handler.send_header("Location", what[3:])
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    else:
        _at_length(handler, sink, what)


def _at_length(handler: BaseHTTPRequestHandler, sink: Sink, what: str) -> None:
    if what == "drip headers":
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    else:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**9))
        handler.end_headers()
    while not sink.done.is_set():
        handler.wfile.write(b"y" * (1 if what.startswith("drip") else 65536))
        handler.wfile.flush()
        if what.startswith("drip"):
            time.sleep(0.05)
