"""One large file into a folder and out again, in pieces as a browser sends them, beside a bare Flask app under the same gunicorn that keeps
it on the same disk, hashed and forced there, and sends it again. The best of some rounds, in turn.
"""

import base64
import http.client
import random
import time

from sqlalchemy import select

from bench import bare, measuring
from bench.measuring import Row, cpu, memory, times
from bench.world import World, rep_of, workspace
from workspaces.library.models import Folder

PIECE = 8 * 2**20  # bytes: what static/js/pieces.js sends at once


def measure(world: World, size: int, rounds: int) -> list[Row]:
    some = random.Random(5).randbytes(min(size, 32_000_000))
    data = (some * (size // len(some) + 1))[:size]
    server, token = measuring.server(world.data), world.token(rep_of(0))
    with world.house.db.reading() as session:
        folder = session.scalars(select(Folder.id).where(Folder.workspace_pk == workspace(session, 0).pk).order_by(Folder.pk)).first()
    took: dict[str, list[float]] = {name: [] for name in ("sent", "bare sent", "fetched", "bare fetched", "cpu", "bare cpu")}
    server.start()
    try:
        with bare.running("files") as (bare_port, bare_process):
            before = memory(server.webs())
            for number in range(rounds):
                unlike = number.to_bytes(8, "big") + data[8:]  # what is stored already is not stored again
                spent = cpu(server.webs())
                line = Carrier(server.port, {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"})
                path = line.begin(str(folder), f"Survey {number}.bin", size)
                took["sent"].append(line.send(path, unlike))
                took["fetched"].append(line.fetch(f"{line.made}/content", size))
                took["cpu"].append(cpu(server.webs()) - spent)
                line, behind = Carrier(bare_port, {}), [bare_process, *bare_process.children()]
                spent = cpu(behind)
                took["bare sent"].append(line.send("/", unlike))
                took["bare fetched"].append(line.fetch("/", size))
                took["bare cpu"].append(cpu(behind) - spent)
            grown = memory(server.webs()) - before
    finally:
        server.stop()
    best = {name: min(seconds) for name, seconds in took.items()}
    both = {"cpu_times_bare": times(best["cpu"], best["bare cpu"]), "web_mb_more": grown}
    return [{"what": name, **_speed(size, best[name], best[f"bare {name}"]), **both} for name in ("sent", "fetched")]


def _speed(size: int, seconds: float, bare_seconds: float) -> Row:
    return {
        "mb": size // 1_000_000,
        "mb_per_s": round(size / seconds / 1e6),
        "bare_mb_per_s": round(size / bare_seconds / 1e6),
        "of_bare": round(bare_seconds / seconds, 2),
    }


class Carrier:
    """One connection, over which a file goes."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.line, self.headers, self.made = http.client.HTTPConnection("127.0.0.1", port, timeout=60), headers, ""

    def begin(self, folder: str, name: str, size: int) -> str:
        """The address of a new upload."""
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in (("folder", folder), ("filename", name)))
        return self._ask("POST", "/api/v1/uploads", {"Upload-Length": str(size), "Upload-Metadata": told})["Location"]

    def send(self, path: str, data: bytes) -> float:
        """Seconds until the last byte was acknowledged."""
        began, whole = time.perf_counter(), memoryview(data)
        for offset in range(0, len(data), PIECE):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            self.made = self._ask("PATCH", path, headers, whole[offset : offset + PIECE])["Content-Location"]
        return time.perf_counter() - began

    def fetch(self, path: str, size: int) -> float:
        """Seconds until the last byte was here."""
        began = time.perf_counter()
        self.line.request("GET", path, headers=self.headers)
        answer, taken = self.line.getresponse(), 0
        while piece := answer.read(1 << 20):
            taken += len(piece)
        assert (answer.status, taken) == (200, size)
        return time.perf_counter() - began

    def _ask(self, method: str, path: str, headers: dict[str, str], body: memoryview | None = None) -> http.client.HTTPMessage:
        self.line.request(method, path, body, self.headers | headers)
        answer = self.line.getresponse()
        answer.read()
        assert answer.status < 300, answer.status
        return answer.headers
