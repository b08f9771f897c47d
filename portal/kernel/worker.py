"""The background worker: drains the outbox and runs periodic work. It knows no feature.

Each topic has a thread of its own, so that a slow mail server keeps nobody from being found; within a topic one batch at a time is
handled, in order per key. One look at the database in this file decides which threads wake up.
"""

import os
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

import structlog

from portal.kernel import listening, outbox, periodic
from portal.kernel.bus import Watcher
from portal.kernel.house import House
from portal.kernel.lanes import Lanes
from portal.kernel.locks import SharedLocks, file_lock, shared_lock
from portal.kernel.outbox import CONSUMERS, Consumer, OutboxRow

log = structlog.get_logger(__name__)
LOOK = 0.12  # seconds between looks whether anything was committed
TICK = 1.0  # seconds at most between looks at what falls due by time alone
LEASE = 30.0  # seconds that a topic's lock is held before it is asked for again: a lost connection loses it silently
GRACE = 8.0  # seconds that a stop waits for what is under way in lanes
LOCK = "worker.lock"


def run(house: House, stop: threading.Event, *, parent: int = 0) -> bool:
    """Work until told to stop, or until the process `parent` is gone. Where another worker serves this data directory already, a
    child waits for its turn, and without a parent the answer is False."""
    with ExitStack() as held:
        while house.db.is_sqlite and not held.enter_context(file_lock(house.settings.data_dir / LOCK, wait=False)):
            if not parent or stop.wait(0.5) or os.getppid() != parent:
                return False
        log.info("worker.started", topics=sorted(CONSUMERS), jobs=sorted(periodic.JOBS))
        locks = held.enter_context(SharedLocks(house.db))
        threads = [Drainer(house, each, locks, stop) for each in CONSUMERS.values()]
        clock = threading.Thread(target=_keep_time, args=(house, locks, stop), name="periodic", daemon=True)
        ears = listening.threads(house, stop)
        for thread in (*threads, clock, *ears):
            thread.start()
        _watch(house, threads, stop, parent)
        for thread in (*threads, clock, *ears):
            thread.join(10)
        log.info("worker.stopped")
        return True


class Drainer(threading.Thread):
    """One topic, drained whenever it is woken."""

    def __init__(self, house: House, consumer: Consumer, locks: SharedLocks, stop: threading.Event) -> None:
        super().__init__(name=consumer.topic, daemon=True)
        self.house, self.consumer, self.locks, self.stopped = house, consumer, locks, stop
        self.woken = threading.Event()
        self.lanes = Lanes(house, consumer, self.woken, give_up_for_now) if consumer.lanes > 1 else None

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                with self.locks.held(f"mainstay {self.consumer.topic}") as mine:
                    until = time.monotonic() + LEASE
                    while mine and not self.stopped.is_set() and time.monotonic() < until:
                        self.turn()
            except Exception:  # a database that is away for a moment must not end the worker
                log.exception("worker.turn_failed", topic=self.consumer.topic)
                mine = False
            if not mine:
                self.stopped.wait(TICK)
        if self.lanes is not None:
            self.lanes.wait(GRACE)

    def turn(self) -> None:
        """Handle what waits, batch by batch, then see to the topic's upkeep, then sleep until woken."""
        while not self.stopped.is_set() and self.take_on():
            pass
        if self.consumer.idle is not None:
            self.consumer.idle(self.house)
        self.woken.wait(TICK)
        self.woken.clear()

    def take_on(self) -> int:
        return self.lanes.start_next() if self.lanes is not None else drain(self.house, self.consumer)


def drain(house: House, consumer: Consumer) -> int:
    """Handle one batch of a topic; how many rows were taken on. A batch that fails is handled row by row."""
    with house.db.reading() as session:
        rows = outbox.waiting(session, consumer.topic, consumer.batch)
        session.expunge_all()
    if not rows:
        return 0
    try:
        consumer.handle(house, rows)
    except Exception as error:
        if len(rows) == 1:
            give_up_for_now(house, rows[0], error)
        else:
            log.warning("worker.batch_failed", topic=consumer.topic, rows=len(rows), error=str(error)[:300])
            _one_by_one(house, consumer, rows)
        return len(rows)
    _mark(house, consumer, rows)
    return len(rows)


def see_through(house: House, topic: str, waits: Callable[[], bool]) -> None:
    """For commands: return once nothing `waits` any more; where no worker has this topic, do its work here."""
    while waits():
        with _alone(house, topic) as mine:
            while mine and waits() and drain(house, CONSUMERS[topic]):
                pass
        if waits():
            time.sleep(0.2)


def _alone(house: House, topic: str) -> AbstractContextManager[bool]:
    if house.db.is_sqlite:
        return file_lock(house.settings.data_dir / LOCK, wait=False)
    return shared_lock(house.db, f"mainstay {topic}")


def _one_by_one(house: House, consumer: Consumer, rows: list[OutboxRow]) -> None:
    """Each row on its own; after a failure the later rows of its key wait with it."""
    stuck: set[str] = set()
    for row in rows:
        if row.key in stuck:
            continue
        try:
            consumer.handle(house, [row])
        except Exception as error:
            stuck.add(row.key)
            give_up_for_now(house, row, error)
        else:
            _mark(house, consumer, [row])


def _mark(house: House, consumer: Consumer, rows: list[OutboxRow]) -> None:
    if not consumer.keeps:
        with house.db.writing() as session:
            outbox.done(session, rows)


def give_up_for_now(house: House, row: OutboxRow, error: Exception) -> None:
    """The row is tried again later, or was tried often enough."""
    with house.db.writing() as session:
        parked = outbox.failed(session, row, error)
    tell = log.error if parked else log.warning
    tell("worker.row_parked" if parked else "worker.row_failed", topic=row.topic, row=row.pk, tries=row.tries + 1, error=str(error)[:300])


def _watch(house: House, threads: list[Drainer], stop: threading.Event, parent: int) -> None:
    """Wake the threads whose topics have something due; look only when something was committed, or a second went by."""
    changed = Watcher(house.db)
    looked = 0.0
    while not stop.wait(LOOK):
        if parent and os.getppid() != parent:
            log.warning("worker.orphaned")
            stop.set()
            break
        try:
            if changed() or time.monotonic() - looked > TICK:
                looked = time.monotonic()
                _wake(house, threads)
        except Exception as error:  # the next look may fare better
            log.warning("worker.look_failed", error=str(error)[:300])
    for thread in threads:
        thread.woken.set()


def _wake(house: House, threads: list[Drainer]) -> None:
    with house.db.reading() as session:
        due = outbox.due_topics(session)
    for thread in threads:
        if thread.consumer.topic in due:
            thread.woken.set()


def _keep_time(house: House, locks: SharedLocks, stop: threading.Event) -> None:
    """Run periodic work, in whichever worker gets to it first."""
    while not stop.is_set():
        try:
            with locks.held("mainstay periodic") as mine:
                if mine:
                    periodic.run_due(house)
        except Exception:
            log.exception("worker.periodic_failed")
        stop.wait(5)
