"""Many Socket.IO clients in one process, over WebSocket as browsers have them, and when each of them has received what.

They are waited for by epoll and read frame by frame, so that a thousand of them cost little beside the server that is measured.
"""

import json
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import websocket

PATIENCE = 15.0  # seconds for the slowest
TEXT, CLOSE = 1, 8
PLAIN = (("", "0"), ("40", "40"))  # how a client of Socket.IO introduces itself where everybody may come in


def watching(token: str, topic: str) -> tuple[tuple[str, str], ...]:
    """How a client introduces itself that signs in and watches a discussion."""
    watch = "420" + json.dumps(["watch", {"topic": topic}])
    return (("", "0"), ("40" + json.dumps({"token": token}), "40"), (watch, '430[{"ok":true'))


@dataclass
class Watcher:
    """One client and what it has received so far of a frame."""

    line: websocket.WebSocket
    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """The frames that have come whole."""
        self.buffer += self.socket.recv(262_144)
        while (head := _head(self.buffer)) and len(self.buffer) >= sum(head):
            begins, size = head
            kind = self.buffer[0] & 15
            payload = bytes(self.buffer[begins : begins + size])
            del self.buffer[: begins + size]
            yield kind, payload


@dataclass
class Round:
    """One message: when it was answered, when each had it, how many never had it, and what was sent."""

    answered: float
    received: list[float]
    lost: int
    payload: bytes


class Crowd:
    """Connected clients; to be used as a context, which closes them."""

    def __init__(self) -> None:
        self.watchers: dict[int, Watcher] = {}
        self.epoll = select.epoll()

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *rest: object) -> None:
        for each in self.watchers.values():
            each.socket.close()
        self.epoll.close()

    def join(self, port: int, *talk: tuple[str, str]) -> None:
        """One more. `talk` is how it introduces itself: what it says, and how the answer to that begins."""
        line = websocket.create_connection(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket", timeout=60)
        for says, answer in talk:
            if says:
                line.send(says)
            _until(line, answer)
        assert line.sock is not None
        self.watchers[line.sock.fileno()] = Watcher(line, line.sock)
        self.epoll.register(line.sock.fileno(), select.EPOLLIN)

    def round(self, port: int, request: bytes, sign: bytes) -> Round:
        """Send a request and wait until everybody has received a frame with this sign in it."""
        asking = socket.create_connection(("127.0.0.1", port))
        self.epoll.register(asking.fileno(), select.EPOLLIN)
        waited, received, answered, payload = set(self.watchers), [], 0.0, b""
        began = time.perf_counter()
        asking.sendall(request)
        while (waited or not answered) and time.perf_counter() - began < PATIENCE:
            for number, _mask in self.epoll.poll(1):
                if number == asking.fileno():
                    answer = asking.recv(65536)
                    assert answered or answer.startswith(b"HTTP/1.1 201"), answer[:300]
                    answered = answered or time.perf_counter() - began
                    self.epoll.unregister(number)
                    continue
                for told in self._read(number):
                    if sign in told and number in waited:
                        received.append(time.perf_counter() - began)
                        waited.discard(number)
                        payload = told
        asking.close()
        return Round(answered, received, len(waited), payload)

    def listen(self, going: Callable[[], bool]) -> int:
        """Only receive, as long as it is going; how many frames came."""
        count = 0
        while going():
            for number, _mask in self.epoll.poll(0.2):
                count += sum(1 for _told in self._read(number))
        return count

    def _read(self, number: int) -> Iterator[bytes]:
        """Events that came; pings are answered."""
        line = self.watchers[number].line
        for kind, payload in self.watchers[number].frames():
            assert kind != CLOSE, "the server closed a connection"
            if kind == TEXT and payload == b"2":
                line.send("3")
            elif kind == TEXT:
                yield payload


def _head(data: bytearray) -> tuple[int, int] | None:
    """Where the payload begins and how long it is; None where that has not come yet."""
    if len(data) < 2:
        return None
    size = data[1] & 127
    if size == 126:
        return (4, struct.unpack_from(">H", data, 2)[0]) if len(data) >= 4 else None
    if size == 127:
        return (10, struct.unpack_from(">Q", data, 2)[0]) if len(data) >= 10 else None
    return 2, size


def _until(line: websocket.WebSocket, begins: str) -> str:
    """The first message that begins so. Raises ConnectionRefusedError where the server refuses instead."""
    while not (told := str(line.recv())).startswith(begins):
        if told == "2":
            line.send("3")
        elif told.startswith(("41", "43", "44")):
            raise ConnectionRefusedError(told)
    return told
