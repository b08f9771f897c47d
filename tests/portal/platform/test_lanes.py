"""Lanes: what takes long holds up its own lane and no other; order within a key holds as ever."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from portal.kernel import worker
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.locks import SharedLocks
from portal.kernel.outbox import CONSUMERS, Consumer, OutboxRow, Task, enqueue
from portal.kernel.worker import Drainer


class Counter:
    """A consumer with three lanes; rows that say "hang" wait until they are let go, "fail" fails."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.under_way: list[str] = []
        self.go = threading.Event()
        self.changed = threading.Condition()

    def handle(self, house: House, rows: list[OutboxRow]) -> None:
        (row,) = rows
        said = f"{row.key} {row.payload['say']}"
        with self.changed:
            self.under_way.append(said)
            self.changed.notify_all()
        if row.payload["say"] == "hang":
            self.go.wait(30)
        if row.payload["say"] == "fail":
            raise RuntimeError("no")
        with self.changed:
            self.done.append(said)
            self.changed.notify_all()

    def wait_for(self, holds: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(holds, timeout=30), (self.under_way, self.done)


@pytest.fixture
def counter(house: House) -> Iterator[Counter]:
    made = Counter()
    CONSUMERS["lanes"] = Consumer("lanes", "For tests", lambda session, event: [], made.handle, lanes=3)
    stop = threading.Event()
    with SharedLocks(house.db) as locks:
        drainer = Drainer(house, CONSUMERS["lanes"], locks, stop)
        drainer.start()
        yield made
        made.go.set()
        stop.set()
        drainer.woken.set()
        drainer.join(30)
    del CONSUMERS["lanes"]
    assert not drainer.is_alive()


def put(house: House, *tasks: tuple[str, str]) -> None:
    with house.db.writing() as session:
        for key, say in tasks:
            enqueue(session, "lanes", Task(key, {"say": say}))


def left(house: House) -> list[str]:
    with house.db.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.topic == "lanes").order_by(OutboxRow.pk))
        return [f"{row.key} {row.payload['say']}" for row in rows]


def test_what_hangs_holds_up_its_own_lane_alone(house: House, counter: Counter) -> None:
    put(house, ("a:1", "hang"), ("a:1", "2"), ("a:2", "3"), *(("b:1", str(n)) for n in range(5)), ("c:1", "1"))
    counter.wait_for(lambda: len(counter.done) == 6)
    assert [each for each in counter.done if each.startswith("b")] == [f"b:1 {n}" for n in range(5)], "in order"
    assert "c:1 1" in counter.done
    assert not [each for each in counter.under_way if each in ("a:1 2", "a:2 3")], "one at a time of a lane"
    counter.go.set()
    counter.wait_for(lambda: len(counter.done) == 9)
    assert [each for each in counter.done if each.startswith("a")] == ["a:1 hang", "a:1 2", "a:2 3"]


def test_there_are_no_more_lanes_than_that(house: House, counter: Counter) -> None:
    put(house, *((f"{lane}:1", "hang") for lane in "abcd"))
    counter.wait_for(lambda: len(counter.under_way) == 3)
    put(house, ("e:1", "x"))
    assert set(counter.under_way) == {"a:1 hang", "b:1 hang", "c:1 hang"}
    counter.go.set()
    counter.wait_for(lambda: len(counter.done) == 5)


def test_a_failure_waits_for_its_time_with_its_key(house: House, counter: Counter) -> None:
    put(house, ("a:1", "fail"), ("a:1", "2"), ("a:2", "3"))
    counter.wait_for(lambda: counter.done == ["a:2 3"])
    assert "a:1 2" not in counter.under_way


def test_one_by_one_it_works_without_threads_too(house: House) -> None:
    """As commands and tests drain it."""
    made = Counter()
    consumer = Consumer("lanes", "For tests", lambda session, event: [], made.handle, lanes=3)
    put(house, ("a:1", "1"), ("b:1", "2"))
    while worker.drain(house, consumer):
        pass
    assert made.done == ["a:1 1", "b:1 2"]
    assert left(house) == []
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert worker.drain(house, consumer) == 0
