"""The virus scanner: what it finds is handed to nobody, what it has not seen waits, and it may be away."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.kernel import scanner
from portal.kernel.actor import the_system
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.mail.queue import COMPOSERS
from portal.notices.models import Notice
from portal.people.models import Person
from search.demo import papers
from tests.cast import PEOPLE, World
from tests.workings import drain
from workspaces.forums.models import Topic
from workspaces.library import actions as library
from workspaces.library.models import File
from workspaces.library.receiving import take
from workspaces.moderation import actions as moderation
from workspaces.moderation.models import Held
from workspaces.previews import jobs
from workspaces.previews.models import Preview
from workspaces.rooms import actions as rooms
from workspaces.rooms.models import Workspace

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 1 << 20  # bytes that it takes


class Clamd:
    """A scanner of its own, that speaks the protocol and knows one virus."""

    def __init__(self, door: socket.socket) -> None:
        self.door, self.asked, self.says = door, 0, b""
        self.door.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.door.accept()
            except OSError:
                return
            with line:
                line.sendall((self.says or self._heard(line)) + b"\0")

    def _heard(self, line: socket.socket) -> bytes:
        self.asked += 1
        told = line.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += told.read(1)
        if command == b"zPING\0":
            return b"PONG"
        assert command == b"zINSTREAM\0"
        data = b""
        while size := int.from_bytes(told.read(4), "big"):
            data += told.read(size)
            if len(data) > LIMIT:
                return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Eicar-Signature FOUND" if EICAR in data else b"stream: OK"


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Clamd]:
    if request.param == "unix":
        path = tmp_path_factory.mktemp("c") / "s"
        door, url = socket.socket(socket.AF_UNIX), f"unix:{path}"
        door.bind(str(path))
    else:
        door = socket.create_server(("127.0.0.1", 0))
        url = f"tcp://127.0.0.1:{door.getsockname()[1]}"
    house.settings = replace(house.settings, clamd_url=url)
    yield Clamd(door)
    door.shutdown(socket.SHUT_RDWR)
    door.close()


def test_what_it_finds_is_held_back(clamd: Clamd, add, door, house) -> None:
    good = add("Good.txt", b"The zebrafish is well")
    bad = add("Bad.txt", b"zebrafish " + EICAR)
    petra = door("petra")
    with petra.get(f"{good}/download") as had:
        assert had.data == b"The zebrafish is well"
    for who in ("petra", "rhea"):
        for url in (f"{bad}/download", f"/api/v1/files/{bad.rpartition('/')[2]}/content"):
            assert door(who).get(url).status_code == 403
        assert "Held back by the virus check." in door(who).get(bad).text
        assert door(who).get(f"{good}/compare?from=1&to=1").status_code == 200
        assert door(who).get(f"{bad}/compare?from=1&to=1").status_code == 403
    assert [hit["title"] for hit in petra.get("/api/v1/search?q=zebrafish").json["items"]] == ["Good.txt, page 1"]
    with house.db.reading() as session:
        assert [event.facts["name"] for event in session.scalars(select(Event).where(Event.kind == "file.held"))] == ["Bad.txt"]


def test_a_zip_leaves_it_out_and_says_so(clamd: Clamd, add, door, world) -> None:
    add("Good.txt", b"well")
    add("Bad.txt", EICAR)
    with door("petra").get(f"/api/v1/folders/{world.ids['folder']}/zip", buffered=True) as had:
        assert had.status_code == 200
        assert EICAR not in had.data
        assert b"Good.txt" in had.data


def test_what_it_has_not_seen_waits(clamd: Clamd, add, door, house, work) -> None:
    clamd.says = b"busy"  # neither yes nor no
    path = add("Manual.pdf", papers.pdf("The zebrafish"))
    assert door("petra").get(f"{path}/download").status_code == 503
    assert "It is being read." in door("petra").get(path).text
    clamd.says = b""
    with house.db.writing() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.topic == jobs.TOPIC)):
            assert row.error.startswith("Unanswered")
            row.due_at = row.created_at
    work()
    with door("petra").get(f"{path}/download") as had:
        assert had.status_code == 200


def test_the_same_bytes_are_looked_through_once(clamd: Clamd, add) -> None:
    add("One.txt", b"the same")
    before = clamd.asked
    add("Two.txt", b"the same")
    assert clamd.asked == before


def test_more_than_it_takes_is_let_through(clamd: Clamd, add, door) -> None:
    content = b"a" * (3 * LIMIT)
    with door("petra").get(add("Large.txt", content) + "/download") as had:
        assert had.data == content


def test_what_was_there_before_the_scanner_is_looked_through(clamd: Clamd, add, house, door, work) -> None:
    with_it, house.settings = house.settings, replace(house.settings, clamd_url="")
    path = add("Bad.txt", b"zebrafish " + EICAR)
    assert door("petra").get("/api/v1/search?q=zebrafish").json["items"]
    house.settings = with_it
    jobs.catch_up(house)
    work()
    assert door("petra").get(f"{path}/download").status_code == 403
    assert not door("petra").get("/api/v1/search?q=zebrafish").json["items"]


def test_doctor_says_whether_it_answers(clamd: Clamd, house: House) -> None:
    assert [found.state for found in scanner.examine(house)] == ["good"]
    clamd.says = b"what"
    assert [found.state for found in scanner.examine(house)] == ["bad"]
    house.settings = replace(house.settings, clamd_url=f"unix:{Path('/nowhere/at/all')}")
    assert [found.state for found in scanner.examine(house)] == ["bad"]
    house.settings = replace(house.settings, clamd_url="")
    assert not list(scanner.examine(house))


def told(house: House, world: World) -> set[tuple[str, str]]:
    """(who, by which file's name) of the entries in inboxes."""
    drain(house, topics=("tell of held files",))
    names = {world.pks[name]: name for name in PEOPLE}
    with house.db.reading() as session:
        rows = session.execute(select(Notice.person_pk, File.name).join(File, File.id == Notice.source_id).where(Notice.why == "held"))
        return {(names[person], name) for person, name in rows}


def test_who_added_it_and_the_owner_are_told_and_nobody_else(clamd: Clamd, add, door, house, world) -> None:
    add("Good.txt", b"well")
    bad = add("Bad.txt", b"zebrafish " + EICAR)
    assert told(house, world) == {("petra", "Bad.txt"), ("rhea", "Bad.txt")}
    inbox = door("petra").get("/me/notifications").text
    assert "Bad.txt" in inbox
    assert "Held back by the virus check" in inbox
    assert f'href="{bad}"' in inbox
    assert "the owner of this workspace were told" in door("petra").get(bad).text
    with house.db.reading() as session:
        petra, rhea = (letter_to(house, session, world.pks[name], bad) for name in ("petra", "rhea"))
    assert petra.subject == rhea.subject == "Held back by the virus check: Bad.txt"
    assert "Look through the device it came from" in petra.text
    assert "Who added it was told too." in rhea.text
    assert bad in petra.text
    assert "EICAR" not in petra.text + petra.html


def test_the_letter_goes_by_who_added_the_version_that_was_held_back(clamd: Clamd, add, acting, work, house, world) -> None:
    path = add("Plan.txt", b"well", who="rhea")
    received = take(house.storage, "Plan.txt", [EICAR], 10**8)
    with acting("petra") as petra:
        file = petra.session.scalars(select(File).where(File.id == path.rpartition("/")[2])).one()
        library.add_version(petra, file, received=received)
    work()
    assert told(house, world) == {("petra", "Plan.txt"), ("rhea", "Plan.txt")}
    with house.db.reading() as session:
        petra, rhea = (letter_to(house, session, world.pks[name], path) for name in ("petra", "rhea"))
    assert "You get this because you added the file." in petra.text
    assert "Who added it was told too." in rhea.text


def letter_to(house: House, session, person: int, path: str):
    return COMPOSERS["held"](house, the_system(session), person=person, thing=f"file:{path.rpartition('/')[2]}")


def test_who_may_not_know_of_it_is_not_told(clamd: Clamd, add, acting, house, world) -> None:
    bad = add("Margin.txt", EICAR, who="rhea", folder="safe")
    assert told(house, world) == {("rhea", "Margin.txt")}
    with acting("rhea") as rhea:
        library.remove_file(rhea, rhea.session.scalars(select(File).where(File.id == bad.rpartition("/")[2])).one())
    with house.db.reading() as session:
        assert letter_to(house, session, world.pks["rhea"], bad) is None


def test_who_brings_the_same_again_is_told_and_nobody_twice(clamd: Clamd, add, house, world) -> None:
    add("Bad.txt", EICAR)
    before = clamd.asked
    add("Same.txt", EICAR, who="mark")
    jobs.catch_up(house)
    drain(house, topics=("previews",))
    assert clamd.asked == before
    assert told(house, world) == {("petra", "Bad.txt"), ("rhea", "Bad.txt"), ("mark", "Same.txt"), ("rhea", "Same.txt")}
    with house.db.reading() as session:
        held = session.scalars(select(Event.facts).where(Event.kind == "file.held").order_by(Event.pk))
        assert [facts["name"] for facts in held] == ["Bad.txt", "Same.txt"]


@pytest.fixture
def waiting(acting, world, house):
    """`waiting("a.txt", b"…")`: the id of a file that came with a first message of Rolf's, which waits."""
    with acting("rhea") as rhea:
        room = rhea.session.get_one(Workspace, world.pks["room"])
        rooms.change_workspace(rhea, room, holds_first=True)
        rooms.change_role(rhea, room, person=rhea.session.get_one(Person, world.pks["rolf"]), role="member")

    def wait(name: str, content: bytes) -> str:
        received = take(house.storage, name, [content], 10**6)
        with acting("rolf") as rolf:
            topic = rolf.session.get_one(Topic, world.pks["topic"])
            return str(moderation.hold_message(rolf, topic, body="See this", received=[received]).files[0].id)

    return wait


def test_what_waits_is_looked_through_before_somebody_decides(clamd: Clamd, waiting, door, house, work) -> None:
    good, bad = waiting("Good.txt", b"The zebrafish is well"), waiting("Bad.txt", b"zebrafish " + EICAR)
    addresses = [f"/held/files/{good}", f"/held/files/{bad}"]
    assert [door("rhea").get(address).status_code for address in addresses] == [503, 503]
    work()
    for who in ("rhea", "rolf"):
        assert [door(who).get(address, buffered=True).status_code for address in addresses] == [200, 403]
    assert door("rhea").get(f"/api/v1/held/files/{bad}/content").status_code == 403
    assert door("rhea").get("/api/v1/search?q=zebrafish").json["items"] == [], "what waits is found by nobody"


def test_what_waits_is_read_once_and_is_there_when_it_is_let_through(waiting, acting, door, house, work) -> None:
    waiting("Good.txt", b"The zebrafish is well")
    work()
    jobs.catch_up(house)
    with house.db.reading() as session:
        [preview] = session.scalars(select(Preview)).all()
        assert (preview.state, preview.tries) == ("done", 1)
    with acting("rhea") as rhea:
        held = rhea.session.scalars(select(Held)).one()
        moderation.decide_held(rhea, held, approve=True, version=held.version)
    work()
    assert [hit["title"] for hit in door("rhea").get("/api/v1/search?q=zebrafish").json["items"]] == ["Good.txt, page 1"]
    with house.db.reading() as session:
        assert session.scalars(select(Preview.tries)).all() == [1]


def test_what_was_refused_is_forgotten(waiting, acting, house, work) -> None:
    waiting("Good.txt", b"The zebrafish is well")
    work()
    with acting("rhea") as rhea:
        held = rhea.session.scalars(select(Held)).one()
        moderation.decide_held(rhea, held, approve=False, reason="Elsewhere, please.", version=held.version)
    jobs.catch_up(house)
    with house.db.reading() as session:
        assert session.scalars(select(Preview)).all() == []
