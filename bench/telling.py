"""One event to many Socket.IO clients and nothing else: as the library sends it, as we do, and at the floor, one after the other.

python -m bench.telling library PORT    a bare Flask-SocketIO behind gunicorn's threads
python -m bench.telling ours PORT       the same with portal/web/broadcast.py
"""

import sys
from collections.abc import Iterable
from typing import Any

import psutil
from flask import Flask, request
from flask_socketio import SocketIO

from bench import bare
from bench.measuring import Row, cpu, spread, times
from bench.watchers import PLAIN, Crowd, Round
from portal.web import broadcast
from portal.web.launcher import collect_seldom

WARM = 3
SIZE = 2300  # bytes, as a message of a few lines has them with its HTML
HOW = ("floor", "library", "ours")


def measure(watchers: list[int], rounds: int) -> list[Row]:
    """Three rows for each number of watchers."""
    rows: list[Row] = []
    for count in watchers:
        floor: Row = {}
        for how in HOW:
            found = _at(how, count, rounds)
            floor = floor or found
            rows.append(found | {"p95_times_floor": times(found["p95_ms"], floor["p95_ms"])})
    return rows


def rounds_at(port: int, processes: Iterable[psutil.Process], crowd: Crowd, payload: bytes, rounds: int) -> tuple[list[Round], float]:
    """Post as many bytes again and again, each time until everybody has them; and the CPU seconds of these processes."""
    processes, made, began = list(processes), list[Round](), 0.0
    for n in range(-WARM, rounds):
        began = cpu(processes) if n == 0 else began
        sign = f"sign{n + WARM}of{len(crowd.watchers)}x".encode()
        body = (sign + payload)[: max(len(payload), len(sign))]
        request = b"POST / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        found = crowd.round(port, request, sign)
        made += [found] if n >= 0 else []
    return made, cpu(processes) - began


def _at(how: str, count: int, rounds: int) -> Row:
    module, talk = ("bench.bare", ()) if how == "floor" else ("bench.telling", PLAIN)
    with bare.running(how, module) as (port, process), Crowd() as crowd:
        for _n in range(count):
            crowd.join(port, *talk)
        made, spent = rounds_at(port, [process, *process.children()], crowd, b"x" * SIZE, rounds)
    receipts = [moment for each in made for moment in each.received]
    told = {"lost": sum(each.lost for each in made), "cpu_us_per_delivery": round(spent * 1e6 / max(1, len(receipts)), 1)}
    return {"watchers": count, "how": how, "rounds": rounds, **spread(receipts), **told}


class Server(bare.Bare):
    """gunicorn as the product runs it, and an app that tells everybody what is posted to it."""

    def __init__(self, how: str, port: int) -> None:
        self.how = how
        super().__init__(port, Flask("telling"))

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("threads", 2100)
        self.cfg.set("worker_connections", 4200)

    def load(self) -> Any:
        app = self.app
        more = {"client_manager": broadcast.Broadcasting()} if self.how == "ours" else {}
        io = SocketIO(app, async_mode="threading", transports=["websocket"], cors_allowed_origins="*", **more)
        if self.how == "ours":
            broadcast.set_up(io)

        def tell() -> tuple[str, int]:
            io.emit("told", request.get_data(as_text=True))
            return "", 201

        app.add_url_rule("/", methods=["POST"], view_func=tell)
        collect_seldom()
        return app


if __name__ == "__main__":
    Server(sys.argv[1], int(sys.argv[2])).run()
