"""A large file arrives whole through a network that breaks off and a server that is killed. MAINSTAY_TEST_SCALE=5 sends 1 GB."""

import base64
import contextlib
import hashlib
import http.client
import random
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.people import sign_ins
from portal.people.models import Person
from tests.crash.test_kills import SCALE
from tests.running import Running, kill, prepare
from workspaces.library.models import File

pytestmark = pytest.mark.crash

SIZE = 64_000_000 if SCALE == 1 else 1_000_000_000  # bytes
PIECE = min(SIZE // 40, 8_000_000)  # as much as a browser sends at once
CUTS, KILLS = 20, 5
GROWTH = 64_000_000  # bytes of memory that a web process may take more


class Sender:
    """Sends one file as tus says, over a wire that breaks where it is told to."""

    def __init__(self, server: Running, token: str, data: bytes) -> None:
        self.server, self.data = server, data
        self.headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        self.path = ""

    def begin(self, **told: str) -> None:
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        status, headers = self._ask("POST", "/api/v1/uploads", {"Upload-Length": str(len(self.data)), "Upload-Metadata": metadata})
        assert status == 201
        self.path = headers["Location"]

    def offset(self) -> int:
        status, headers = self._ask("HEAD", self.path, {})
        assert status == 200
        return int(headers["Upload-Offset"])

    def send(self, offset: int, *, only: int = PIECE) -> int:
        """Send a piece, of which `only` so many bytes leave; the status, 0 where the wire breaks."""
        piece = self.data[offset : offset + PIECE]
        headers = self.headers | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            wire.putrequest("PATCH", self.path)
            for name, value in (headers | {"Content-Length": str(len(piece))}).items():
                wire.putheader(name, value)
            wire.endheaders()
            wire.send(piece[:only])
            return wire.getresponse().status if only >= len(piece) else 0
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            wire.close()

    def _ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage]:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)) as wire:
            wire.request(method, path, headers=self.headers | headers)
            answer = wire.getresponse()
            answer.read()
            return answer.status, answer.headers


def test_it_arrives_whole(tmp_path: Path) -> None:
    chance = random.Random(7)
    house, world = prepare(tmp_path / "data")
    with house.db.writing() as session:
        token = sign_ins.begin(session, session.get_one(Person, world.pks["petra"]))[1]
    server = Running(tmp_path / "data")
    sender = Sender(server, token, b"".join(chance.randbytes(PIECE) for _ in range(SIZE // PIECE)))
    try:
        server.start()
        sender.begin(folder=world.ids["folder"], filename="Drone survey.zip")
        before = max(each.memory_info().rss for each in server.webs())
        cuts, kills, grown, offset = CUTS, KILLS, 0, 0
        while offset < SIZE:
            if cuts and chance.random() < 0.4:
                cuts -= 1
                sender.send(offset, only=chance.randrange(PIECE))
            elif kills and chance.random() < 0.2:
                kills -= 1
                sender.send(offset, only=PIECE // 2)
                grown = max(grown, *(each.memory_info().rss - before for each in server.webs()))
                for each in server.webs():
                    kill(each)
                server.wait_ready()
            else:
                # 409 and 423 while the server has not yet noticed that the wire broke, or has just kept what came of it
                assert sender.send(offset) in (204, 409, 423)
            went, offset = offset, sender.offset()
            assert offset >= went, "what was acknowledged stays"
        grown = max(grown, *(each.memory_info().rss - before for each in server.webs()))
        assert (cuts, kills) == (0, 0), "the file is sent in enough pieces"
        assert grown < GROWTH
        with house.db.reading() as session:
            version = session.scalars(select(File).where(File.name == "Drone survey.zip")).one().version
            assert (version.size, version.sha256) == (SIZE, hashlib.sha256(sender.data).hexdigest())
        assert not list((tmp_path / "data" / "uploads").glob("upload-*"))
    finally:
        with contextlib.suppress(Exception):
            server.stop()
        house.close()
