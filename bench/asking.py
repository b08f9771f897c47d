"""Asking a server over HTTP, one request after the other on so many connections, each in a thread of this process."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.measuring import Row, spread

WARM = 5


@dataclass
class Asked:
    """What came of it."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def told(self) -> Row:
        wrong = sum(count for status, count in self.statuses.items() if not 200 <= status < 300)
        return {"per_s": round(len(self.took) / self.seconds, 1), **spread(self.took), "refused": wrong}


class Line:
    """A connection that is kept."""

    def __init__(self, port: int, token: str = "", cookie: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {"Cookie": cookie} if cookie else {}

    def ask(self, path: str, told: Any = None) -> tuple[int, bytes]:
        """GET, or POST where something is told. A server may close a connection that was kept: then once more on a new one."""
        for again in (False, True):
            try:
                if told is None:
                    self.connection.request("GET", path, headers=self.headers)
                else:
                    self.connection.request("POST", path, json.dumps(told), self.headers | {"Content-Type": "application/json"})
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()
                if again:
                    raise
        raise AssertionError


def load(lines: list[Line], seconds: float, ask: Callable[[Line, int], int]) -> Asked:
    """`ask(line, its number)` again and again on each of these connections, which gives the status; a few times before it counts."""
    for _n in range(WARM):
        ask(lines[0], 0)
    found, lock = Asked(), threading.Lock()
    until = time.perf_counter() + seconds

    def go(number: int, line: Line) -> None:
        while (began := time.perf_counter()) < until:
            status = ask(line, number)
            with lock:
                found.took.append(time.perf_counter() - began)
                found.statuses[status] += 1
        line.connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=go, args=told) for told in enumerate(lines)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found.seconds = time.perf_counter() - began
    return found
