"""Lanes: rows of one topic handled side by side, where one that takes long must not hold up the others.

A row's lane is the part of its key before the first colon; of each lane one row is under way at a time, in the order that keys have
anyway. Where a lease of the topic's lock ends meanwhile, another worker may do a row a second time: consumers are idempotent.
"""

import threading
import time
from collections.abc import Callable

from portal.kernel import outbox
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow

GiveUp = Callable[[House, OutboxRow, Exception], None]


class Lanes:
    """What is under way of one topic. `freed` is set whenever a lane is free again."""

    def __init__(self, house: House, consumer: Consumer, freed: threading.Event, give_up: GiveUp) -> None:
        self.house, self.consumer, self.freed, self.give_up = house, consumer, freed, give_up
        self.busy: set[str] = set()
        self.lock = threading.Lock()

    def start_next(self) -> int:
        """Begin with the oldest row whose lane is free; 1, or 0 where there is none or all lanes are taken."""
        with self.lock:
            taken = set(self.busy)
        if len(taken) >= self.consumer.lanes:
            return 0
        with self.house.db.reading() as session:
            rows = outbox.waiting(session, self.consumer.topic, 1, but=taken)
            session.expunge_all()
        for row in rows:
            lane = lane_of(row)
            with self.lock:
                self.busy.add(lane)
            threading.Thread(target=self._handle, args=(row, lane), name=f"{self.consumer.topic} {lane}", daemon=True).start()
        return len(rows)

    def wait(self, seconds: float) -> None:
        """Until nothing is under way, or the time is up: what is left then is done again by the next worker."""
        until = time.monotonic() + seconds
        while self.busy and time.monotonic() < until:
            time.sleep(0.05)

    def _handle(self, row: OutboxRow, lane: str) -> None:
        try:
            self.consumer.handle(self.house, [row])
            if not self.consumer.keeps:
                with self.house.db.writing() as session:
                    outbox.done(session, [row])
        except Exception as error:
            self.give_up(self.house, row, error)
        finally:
            with self.lock:
                self.busy.discard(lane)
            self.freed.set()


def lane_of(row: OutboxRow) -> str:
    return row.key.partition(":")[0]
