"""The worker: at least once, in order per key, a failure keeps to itself."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.kernel import outbox, worker
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.locks import SharedLocks, file_lock
from portal.kernel.outbox import CONSUMERS, TRIES, Consumer, OutboxRow, Task, enqueue
from tests.waiting import PATIENCE, eventually


class Desk:
    """A consumer that writes down what it was given, and fails where told to."""

    def __init__(self) -> None:
        self.handled: list[list[str]] = []
        self.failing: set[str] = set()

    def handle(self, house: House, rows: list[OutboxRow]) -> None:
        said = [row.payload["say"] for row in rows]
        if self.failing & set(said):
            raise RuntimeError("no")
        self.handled.append(said)


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    made = Desk()
    CONSUMERS["desk"] = Consumer("desk", "For tests", lambda session, event: [], made.handle, batch=10)
    yield made
    del CONSUMERS["desk"]


def put(house: House, *tasks: tuple[str, str], delay: float = 0) -> None:
    with house.db.writing() as session:
        for key, say in tasks:
            enqueue(session, "desk", Task(key, {"say": say}, timedelta(seconds=delay)))


def left(house: House) -> list[str]:
    with house.db.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "desk").order_by(OutboxRow.pk))
        return [row.payload["say"] for row in rows]


def drain(house: House) -> int:
    return worker.drain(house, CONSUMERS["desk"])


def test_a_batch_is_handled_in_order_and_its_rows_go(house: House, desk: Desk) -> None:
    put(house, ("a", "1"), ("b", "2"), ("a", "3"))
    assert drain(house) == 3
    assert desk.handled == [["1", "2", "3"]]
    assert left(house) == []
    assert drain(house) == 0


def test_a_failing_row_keeps_to_itself_and_holds_up_only_its_own_key(house: House, desk: Desk) -> None:
    desk.failing = {"2"}
    put(house, ("a", "1"), ("b", "2"), ("b", "3"), ("c", "4"))
    drain(house)
    assert desk.handled == [["1"], ["4"]]
    assert left(house) == ["2", "3"]
    drain(house)
    assert desk.handled == [["1"], ["4"]], "3 waits for 2, which waits for its next try"
    desk.failing = set()
    with time_machine.travel(now() + timedelta(seconds=2), tick=False):
        drain(house)
    assert desk.handled[2:] == [["2", "3"]]
    assert left(house) == []


def test_what_fails_for_ever_is_parked_told_and_tried_again_on_request(house: House, desk: Desk) -> None:
    desk.failing = {"bad"}
    put(house, ("a", "bad"), ("a", "good"))
    moment = now()
    for _ in range(TRIES):
        moment += timedelta(hours=2)
        with time_machine.travel(moment, tick=False):
            drain(house)
    with time_machine.travel(moment, tick=False):
        drain(house)
        assert desk.handled == [["good"]], "parked rows poison nothing"
        with house.db.reading() as session:
            assert outbox.lag(session)["desk"]["parked"] == 1
            assert [row.error for row in outbox.parked(session)] == ["RuntimeError: no"]
        desk.failing = set()
        with house.db.writing() as session:
            assert outbox.retry(session, "desk") == 1
        drain(house)
    assert desk.handled == [["good"], ["bad"]]


def test_a_delayed_row_waits_for_its_time(house: House, desk: Desk) -> None:
    put(house, ("a", "later"), delay=120)
    assert drain(house) == 0
    with time_machine.travel(now() + timedelta(seconds=121), tick=False):
        assert drain(house) == 1


def test_what_a_consumer_keeps_is_left_to_it(house: House, desk: Desk) -> None:
    def handle(house: House, rows: list[OutboxRow]) -> None:
        desk.handle(house, rows)
        with house.db.writing() as session:
            outbox.done(session, rows, keep=True, generation=7)

    CONSUMERS["desk"] = Consumer("desk", "For tests", lambda session, event: [], handle, batch=10, keeps=True)
    put(house, ("a", "1"))
    assert drain(house) == 1
    assert drain(house) == 0
    with house.db.reading() as session:
        kept = session.scalars(select(OutboxRow).where(OutboxRow.topic == "desk")).one()
        assert kept.generation == 7
        assert kept.done_at is not None


def test_it_wakes_by_itself_after_a_commit_and_stops_when_told(house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TICK", 4 * PATIENCE)  # so that it is the commit that wakes it
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(house, stop), daemon=True)
    thread.start()
    try:
        put(house, ("a", "1"))
        eventually(lambda: desk.handled == [["1"]])
        put(house, ("a", "2"))
        eventually(lambda: desk.handled == [["1"], ["2"]])
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_however_many_topics_there_are_their_threads_can_work(house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(40):  # more than the connections that a process keeps
        monkeypatch.setitem(CONSUMERS, f"idle {n}", Consumer(f"idle {n}", "For tests", lambda session, event: [], desk.handle, batch=10))
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(house, stop), daemon=True)
    thread.start()
    try:
        put(house, ("a", "1"))
        eventually(lambda: desk.handled == [["1"]])
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_topic_is_one_processs_at_a_time(house: House) -> None:
    if house.db.is_sqlite:
        pytest.skip("one worker per data directory is the embedded database's rule")
    with SharedLocks(house.db) as here, SharedLocks(house.db) as there:
        with here.held("one") as mine, there.held("one") as also, there.held("two") as other:
            assert (mine, also, other) == (True, False, True)
        with there.held("one") as mine:
            assert mine, "it was given back"
        with here.held("one") as mine:
            assert mine
            ended = SharedLocks(house.db)
            with ended:
                pass
            with ended.held("two") as after:
                assert not after, "nothing is opened again after the end"


CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_locks_go_with_their_connection(house: House) -> None:
    if house.db.is_sqlite:
        pytest.skip("files are locked there")
    with SharedLocks(house.db) as here, SharedLocks(house.db) as there, here.held("one"):
        with house.db.writing() as session:
            session.execute(text(CUT))
        with there.held("one") as theirs, pytest.raises(DBAPIError), here.held("two"):
            assert theirs
        with there.held("one") as theirs, here.held("two") as again:
            assert theirs
            assert again, "connected anew"


def test_a_second_worker_leaves_an_embedded_installation_alone(house: House) -> None:
    if not house.db.is_sqlite:
        pytest.skip("one worker per data directory is the embedded database's rule")
    with file_lock(house.settings.data_dir / worker.LOCK):
        assert worker.run(house, threading.Event()) is False


def test_an_orphan_stops(house: House) -> None:
    stop = threading.Event()
    assert worker.run(house, stop, parent=os.getppid() + 1_000_000)
    assert stop.is_set()
