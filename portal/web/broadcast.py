"""One event to many sockets: made and framed once, and written to each at once by whoever tells it.

The library makes it anew for each and wakes a thread per socket. A socket that is not idle still goes the library's way, and so does
whatever is no plain event. Everything written to a socket goes through one lock, so frames stay whole; a socket is idle only while its
own thread waits with nothing left to write, so the order stays. Decision 0022.
"""

import contextlib
import queue
import socket
import threading
from typing import Any

import structlog
from engineio import packet as eio_packet
from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask_socketio import SocketIO
from socketio import Manager
from socketio import packet as sio_packet

log = structlog.get_logger(__name__)
MOST_WAITING = 2**20  # bytes: who reads so much slower than others write is let go, and asks for what they missed


class Broadcasting(Manager):  # type: ignore[misc]
    """The library's own manager, but for how an event is sent."""

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **rest: Any,
    ) -> None:
        packet = None if callback or skip_sid else self._packet(event, data, namespace)
        if packet is None:
            super().emit(event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, to=to, **rest)
            return
        frame = framed(packet.encode().encode())
        for _sid, eio_sid in self.get_participants(namespace, to or room):
            connection = self.server.eio.sockets.get(eio_sid)
            line: Line | None = getattr(connection, "line", None)
            if line is None or not line.write_now(frame):
                self.server._send_eio_packet(eio_sid, packet)
                if line is not None:
                    line.end_if_far_behind()

    def _packet(self, event: str, data: Any, namespace: str) -> Any:
        """What the library would send; None where it would be several, with bytes in them."""
        told = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = self.server.packet_class(sio_packet.EVENT, namespace=namespace, data=[event, *told]).encode()
        return None if isinstance(encoded, list) else eio_packet.Packet(eio_packet.MESSAGE, encoded)


class Line(SimpleWebSocketWSGI):  # type: ignore[misc]
    """The WebSocket of one connection, known to it as `connection.line`."""

    def __init__(self, handler: Any, server: Any, **options: Any) -> None:
        super().__init__(handler, server, **options)
        self.connection = handler.__self__

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        name = "werkzeug.socket" if "werkzeug.socket" in environ else "gunicorn.socket"
        self.shared = Shared(environ[name])
        self.connection.line = self
        return super().__call__(environ | {name: self.shared}, start_response)

    def write_now(self, frame: bytes) -> bool:
        """Write it if the connection is idle; False where it must wait for its turn. Never waits itself."""
        if not self.connection.upgraded or not self.shared.lock.acquire(blocking=False):
            return False
        rest = None
        try:
            if not self.connection.queue.idle():
                return False
            rest = self.shared.begin(frame)
        finally:
            if not rest:
                self.shared.lock.release()
        if rest:
            threading.Thread(target=self.shared.finish, args=(rest,), daemon=True, name="slow socket").start()
        return True

    def end_if_far_behind(self) -> None:
        """Cut the connection of who lets too much wait. Their page connects anew and asks for what it missed."""
        with self.connection.queue.mutex:
            waiting = sum(len(each.data or "") for each in self.connection.queue.queue if each is not None)
        if waiting > MOST_WAITING:
            log.info("live.too_slow", waiting=waiting)
            self.shared.cut()


class Shared:
    """A socket that several threads write to, each of them whole frames."""

    def __init__(self, own: socket.socket) -> None:
        self.own, self.lock = own, threading.Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def send(self, data: bytes) -> int:
        """All of it, as the library takes for granted."""
        with self.lock:
            self.own.sendall(data)
        return len(data)

    def begin(self, frame: bytes) -> bytes:
        """Write what the system takes at once, holding the lock; what is left."""
        try:
            return frame[self.own.send(frame, socket.MSG_DONTWAIT) :]
        except BlockingIOError:
            return frame
        except OSError:  # it is closed: there is nobody to write to
            return b""

    def finish(self, rest: bytes) -> None:
        """Write the rest of a frame and release the lock, which is held since the frame was begun."""
        try:
            with contextlib.suppress(OSError):
                self.own.sendall(rest)
        finally:
            self.lock.release()

    def cut(self) -> None:
        """End it although somebody is writing to it."""
        with contextlib.suppress(OSError):
            self.own.shutdown(socket.SHUT_RDWR)


class Waiting(queue.Queue[Any]):
    """What is still to be written to a connection, and whether its own thread has nothing to write."""

    _stands = False  # the thread waits here, having written all that it took

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not block:
            return super().get(block, timeout)
        with self.mutex:
            self._stands = True
        try:
            return super().get(block, timeout)
        finally:
            self._stands = False

    def idle(self) -> bool:
        with self.mutex:
            return self._stands and not self._qsize()

    def _get(self) -> Any:
        self._stands = False
        return super()._get()


def framed(payload: bytes) -> bytes:
    """One unmasked text frame, as a server sends it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 2**16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def set_up(io: SocketIO) -> None:
    """Have the connections of this server, made with `client_manager=Broadcasting()`, be such."""
    io.server.eio._async = io.server.eio._async | {"websocket": Line, "queue": Waiting}
