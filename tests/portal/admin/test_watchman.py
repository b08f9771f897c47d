"""Admins are told when something turns, once, and when it is well again."""

import mailbox
import os
import subprocess
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import delete

from portal.admin.watchman import QUIET, STEADY, Watchman
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.locks import file_lock, shared_lock
from portal.kernel.outbox import OutboxRow, Task, enqueue
from portal.kernel.worker import LOCK
from portal.mail.transport import Smtp
from tests.running import Running, kill, prepare

usage = namedtuple("usage", "total used free")


@pytest.fixture
def told(house: House) -> Callable[[], list[str]]:
    """The subjects of what an admin was sent since the last call; and to nobody else."""
    seen = set()

    def read() -> list[str]:
        fresh = {key: letter for key, letter in box(house.settings.data_dir).items() if key not in seen}
        seen.update(fresh)
        assert all("ada@tidewell.example" in letter["To"] for letter in fresh.values())
        return sorted(letter["Subject"] for letter in fresh.values())

    return read


@pytest.fixture
def watchman(house: House, stamped: None) -> Watchman:
    """Nothing waits: the world was written when the suite began, which may be long ago."""
    with house.db.writing() as session:
        session.execute(delete(OutboxRow))
    return Watchman(house)


@pytest.fixture
def stamped(house: House) -> None:
    from alembic import command

    from portal.kernel import migrations

    migrations.run(house.db, command.stamp, "head")


@pytest.fixture
def working(house: House) -> Iterator[ExitStack]:
    """A worker holds its lock, until this is closed."""
    with ExitStack() as held:
        hold(house, held)
        yield held


def hold(house: House, held: ExitStack) -> None:
    if house.db.is_sqlite:
        held.enter_context(file_lock(house.settings.data_dir / LOCK))
    else:
        held.enter_context(shared_lock(house.db, "mainstay mail"))


def looks(watchman: Watchman, times: int = STEADY) -> None:
    for _ in range(times):
        watchman.look()


def box(data: Path) -> dict[str, mailbox.MaildirMessage]:
    return dict(mailbox.Maildir(data / "mail", create=True).items())


def test_while_all_is_well_nobody_is_told(watchman, working, told):
    looks(watchman, 5)
    assert told() == []


def test_a_dead_worker_is_told_of_once_and_that_it_is_back(watchman, house, working, told):
    looks(watchman)
    working.close()
    looks(watchman, STEADY - 1)
    assert told() == [], "it may only be starting anew"
    looks(watchman, 5)
    assert told() == ["Needs a look: worker"]
    with ExitStack() as again:
        hold(house, again)
        looks(watchman, 5)
        assert told() == ["Well again: worker"]


def test_what_comes_and_goes_is_told_once_in_half_an_hour(watchman, house, working, told):
    working.close()
    looks(watchman)
    with ExitStack() as again:
        hold(house, again)
        looks(watchman)
    assert told() == ["Needs a look: worker", "Well again: worker"]
    looks(watchman)
    assert told() == []
    with time_machine.travel(now() + QUIET + timedelta(minutes=1), tick=True):
        looks(watchman)
        assert "Needs a look: worker" in told()


def test_two_processes_tell_once(watchman, house, working, told):
    working.close()
    other = Watchman(house)
    for _ in range(5):
        watchman.look()
        other.look()
    assert told() == ["Needs a look: worker"]


def test_a_disk_that_fills_is_told_of_while_there_is_room_and_again_when_there_is_none(watchman, working, told, monkeypatch):
    def left(free: int) -> None:
        monkeypatch.setattr("shutil.disk_usage", lambda path: usage(50 * 2**30, 0, free))

    left(20 * 2**30)
    looks(watchman)
    assert told() == []
    for free, turned in ((2**30 - 1, "Needs a look"), (2**20, "Needs a look"), (2**30 - 1, ""), (20 * 2**30, "Well again")):
        left(free)
        looks(watchman)
        assert [subject.partition(":")[0] for subject in told()] == ([turned] if turned else []), free


def test_what_was_given_up_and_what_waits(watchman, house, working, told):
    with house.db.writing() as session:
        enqueue(session, "index", Task("x", {})).parked_at = now()
        late = enqueue(session, "mail", Task("y", {}))
        late.tries, late.error, late.due_at = 4, "SMTPConnectError: petra@calder.example", now() + timedelta(hours=1)
    looks(watchman)
    assert told() == ["Needs a look: letters", "Needs a look: queue"]
    said = "".join(letter.as_string() for letter in box(house.settings.data_dir).values())
    assert "SMTPConnectError" in said
    assert "petra" not in said


def test_a_letter_that_cannot_leave_is_tried_again(watchman, house, working, told):
    way_out, house.post = house.post, Smtp("smtp://127.0.0.1:9")
    working.close()
    looks(watchman)
    assert told() == []
    house.post = way_out
    with time_machine.travel(now() + timedelta(minutes=2), tick=True):
        looks(watchman, 1)
        assert told() == ["Needs a look: worker"]
        looks(watchman, 2)
        assert told() == []


# --- the real server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    prepare(tmp_path / "data")[0].close()
    made = Running(tmp_path / "data")
    yield made
    made.kill_all()


def until(condition: Callable[[], bool], seconds: float = 150.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def alarms(data: Path) -> list[str]:
    """Beside the talk's own letters, which the worker sends."""
    return [letter["Subject"] for letter in box(data).values() if letter["Subject"].startswith(("Needs", "Well"))]


def subjects(server: Running) -> set[str]:
    return set(alarms(server.data))


@pytest.mark.crash
def test_the_server_itself_tells_that_its_worker_keeps_dying(server: Running) -> None:
    server.start()

    def told() -> bool:
        if (worker := server.worker()) is not None:
            kill(worker)
        return "Needs a look: worker" in subjects(server)

    until(told)
    until(lambda: "Well again: worker" in subjects(server))
    assert len(alarms(server.data)) == 2


@pytest.mark.crash
@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small disk")
def test_the_server_itself_tells_that_its_disk_fills(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g,mode=700", "tmpfs", str(small)], check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    prepare(small)[0].close()
    server = Running(small)
    try:
        server.start()
        subprocess.run(["mount", "-o", "remount,size=400m", str(small)], check=True)
        until(lambda: any(each.startswith("Needs a look: disk of") for each in subjects(server)))
        subprocess.run(["mount", "-o", "remount,size=3g", str(small)], check=True)
        until(lambda: any(each.startswith("Well again: disk of") for each in subjects(server)))
        assert len([each for each in alarms(small) if "disk of" in each]) == 2
    finally:
        server.kill_all()
        subprocess.run(["umount", "-l", str(small)], check=True)
