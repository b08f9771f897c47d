"""How many sockets a process takes: over the cap the answer is 503 before the upgrade, and the page asks for news every ten seconds."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Count(Protocol):
    """What counts those inside."""

    def inc(self) -> None: ...
    def dec(self) -> None: ...


def capped(app: Wsgi, most: int, inside: Count, deaf: Callable[[], bool]) -> Wsgi:
    """Let at most so many socket requests be inside at once, and none while this process is `deaf` to the others. Each holds a thread
    for as long as it lives."""
    room = threading.Semaphore(max(0, most))

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return app(environ, start)
        if deaf() or not room.acquire(blocking=False):
            start("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "10")])
            return [b"No live connection is to be had at the moment; the page asks for news on its own.\n"]
        inside.inc()
        try:
            return app(environ, start)  # Engine.IO stays inside the call while the socket lives
        finally:
            inside.dec()
            room.release()

    return answer
