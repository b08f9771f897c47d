"""One large file into a folder and out again, in one and in pieces as a browser sends them. Beside it a bare Flask app under the same
gunicorn, which keeps it on the same disk, hashed and forced there, and sends it again. The best of some rounds, in turn.
"""

import base64
import http.client
import random
import time

import psutil
from sqlalchemy import select

from bench import bare, measuring
from bench.measuring import Row, cpu, memory, times
from bench.world import World, rep_of, workspace
from workspaces.library.models import Folder

Spent = tuple[float, float]  # seconds by the clock, and of the server's CPU
PIECE = 8 * 2**20  # bytes: what static/js/pieces.js sends at once
WHATS = IN_ONE, IN_PIECES, FETCHED = "sent in one", "sent in pieces of 8 MiB", "fetched"


def measure(world: World, size: int, rounds: int) -> list[Row]:
    some = random.Random(5).randbytes(min(size, 32_000_000))
    data = (some * (size // len(some) + 1))[:size]
    server, token = measuring.server(world.data), world.token(rep_of(0))
    with world.house.db.reading() as session:
        folder = session.scalars(select(Folder.id).where(Folder.workspace_pk == workspace(session, 0).pk).order_by(Folder.pk)).first()
    took: dict[str, list[Spent]] = {name: [] for what in WHATS for name in (what, f"bare {what}")}
    server.start()
    try:
        with bare.running("files") as (bare_port, bare_process):
            before = memory(server.webs())
            for number in range(rounds):
                unlike = number.to_bytes(8, "big") + data[8:]  # what is stored already is not stored again
                line = Carrier(server.port, {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}, server.webs())
                took[IN_ONE].append(line.send(line.begin(str(folder), f"Survey {number}.bin", size), unlike, size))
                unlike = b"again" + unlike[5:]
                took[IN_PIECES].append(line.send(line.begin(str(folder), f"Survey {number} again.bin", size), unlike, PIECE))
                took[FETCHED].append(line.fetch(f"{line.made}/content", size))
                line = Carrier(bare_port, {}, [bare_process, *bare_process.children()])
                took[f"bare {IN_ONE}"].append(line.send("/", unlike, size))
                took[f"bare {IN_PIECES}"].append(line.send("/", unlike, PIECE))
                took[f"bare {FETCHED}"].append(line.fetch("/", size))
            grown = memory(server.webs()) - before
    finally:
        server.stop()
    return [_row(name, size, took[name], took[f"bare {name}"]) | {"web_mb_more": grown} for name in WHATS]


def _row(what: str, size: int, ours: list[Spent], theirs: list[Spent]) -> Row:
    seconds, spent = (min(each[n] for each in ours) for n in (0, 1))
    bare_seconds, bare_spent = (min(each[n] for each in theirs) for n in (0, 1))
    return {
        "what": what,
        "mb": size // 1_000_000,
        "mb_per_s": round(size / seconds / 1e6),
        "bare_mb_per_s": round(size / bare_seconds / 1e6),
        "of_bare": round(bare_seconds / seconds, 2),
        "cpu_ms_per_mb": round(spent * 1e9 / size, 2),
        "cpu_times_bare": times(spent, bare_spent),
    }


class Carrier:
    """One connection, over which a file goes."""

    def __init__(self, port: int, headers: dict[str, str], behind: list[psutil.Process]) -> None:
        self.line, self.headers, self.behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60), headers, behind
        self.made = ""  # the address of what was sent

    def begin(self, folder: str, name: str, size: int) -> str:
        """The address of a new upload."""
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in (("folder", folder), ("filename", name)))
        return self._ask("POST", "/api/v1/uploads", {"Upload-Length": str(size), "Upload-Metadata": told})["Location"]

    def send(self, path: str, data: bytes, piece: int) -> Spent:
        """What it took until the last byte was acknowledged."""
        began, spent, whole = time.perf_counter(), cpu(self.behind), memoryview(data)
        for offset in range(0, len(data), piece):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            self.made = self._ask("PATCH", path, headers, whole[offset : offset + piece]).get("Content-Location", "")
        return time.perf_counter() - began, cpu(self.behind) - spent

    def fetch(self, path: str, size: int) -> Spent:
        """What it took until the last byte was here."""
        began, spent = time.perf_counter(), cpu(self.behind)
        self.line.request("GET", path, headers=self.headers)
        answer, taken = self.line.getresponse(), 0
        while piece := answer.read(1 << 20):
            taken += len(piece)
        assert (answer.status, taken) == (200, size)
        return time.perf_counter() - began, cpu(self.behind) - spent

    def _ask(self, method: str, path: str, headers: dict[str, str], body: memoryview | None = None) -> http.client.HTTPMessage:
        self.line.request(method, path, body, self.headers | headers)
        answer = self.line.getresponse()
        answer.read()
        assert answer.status < 300, answer.status
        return answer.headers
