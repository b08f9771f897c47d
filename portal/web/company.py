"""Who else is here: told over sockets, kept nowhere, gone with the last connection.

Each web process knows its own sockets and tells the others who is in which room, again every fifteen seconds; whose word has not come
for long is forgotten. With one process its own memory is the whole truth. Who is shown, and to whom, is asked before it is told.
"""

import threading
import time
from collections.abc import Iterable
from typing import Any, Protocol

import structlog
from flask import Flask

from portal.kernel.audiences import people_in
from portal.kernel.bus import Message
from portal.kernel.house import House
from portal.kernel.ids import new_id
from portal.web.identity import Identity

log = structlog.get_logger(__name__)
TOGETHER = 0.5  # seconds: who comes within it is told of together
LINGERS = 4.0  # seconds that somebody without a connection still counts as here: they are on their way to the next page
BEAT, FORGOTTEN = 15.0, 40.0  # how often a process says who it has, and when its word is too old
MOST_NAMED = 50


class Sockets(Protocol):
    """What realtime.py has of them."""

    app: Flask
    house: House
    identity: Identity

    def people_at(self, room: str) -> set[int]: ...
    def tell_room(self, db: Any, room: str, audience_pk: int, name: str, payload: Any, *, but: int = 0) -> None: ...
    def tell_one(self, sid: str, name: str, payload: Any) -> None: ...


class Company:
    """Who is where, by the sockets of this process and what the others say."""

    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets
        self.process = new_id()
        self.places: dict[str, tuple[str, int]] = {}  # room -> (id of the place, the audience that may know who is there)
        self.others: dict[str, tuple[float, dict[str, set[int]]]] = {}  # process -> (when it spoke, room -> who)
        self._told: dict[str, list[Any]] = {}  # room -> the names told last
        self._said: dict[str, set[int]] = {}  # room -> whom the other processes know to be here with us
        self._due: dict[str, float] = {}
        self._telling = threading.RLock()
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    # --- Who is here ----------------------------------------------------------------------------------------------------

    def came(self, room: str, id: str, audience_pk: int, sid: str) -> None:
        """A connection watches a place: it is told who is there, and the others of whoever is new."""
        self.places[room] = id, audience_pk
        with self.sockets.house.db.reading() as db:
            self.sockets.tell_one(sid, "presence", self._payload(room, self._shown(db, room)))
        self.look(room, TOGETHER)

    def left(self, rooms: Iterable[str], *, for_good: bool = False) -> None:
        for room in rooms:
            if room in self.places:
                self.look(room, TOGETHER if for_good else LINGERS)

    def changed(self, people: set[int]) -> None:
        """What these people may see, or whether they are to be seen, has changed: that shows at once."""
        for room in list(self.places):
            if people & (self.sockets.people_at(room) | self._elsewhere(room)):
                self.tell(room)

    def look(self, room: str, within: float) -> None:
        """See in a moment who is there, and tell if it has changed."""
        with self._wake:
            due = time.monotonic() + within
            self._due[room] = min(due, self._due.get(room, due))
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, daemon=True, name="company")
                self._thread.start()
            self._wake.notify()

    def stop(self) -> None:
        """Tell nobody any more; waits for what is being told."""
        with self._wake:
            self._stopped, thread = True, self._thread
            self._wake.notify()
        if thread is not None:
            thread.join(10)

    def tell(self, room: str) -> None:
        """Tell a room who is there, where that is news, and the other processes whom we have; one after the other, so that the newest is
        told last."""
        with self._telling:
            if room in self.places:
                self._tell(room)

    def _tell(self, room: str) -> None:
        ours = self.sockets.people_at(room)
        if ours != self._said.get(room, set()):
            self._said[room] = ours
            self._publish({"here": {"process": self.process, "rooms": {room: sorted(ours)}}})
        with self.sockets.house.db.reading() as db:
            shown = self._shown(db, room)
            if shown != self._told.get(room):
                self._told[room] = shown
                self.sockets.tell_room(db, room, self.places[room][1], "presence", self._payload(room, shown))
        if not ours and not self._elsewhere(room):
            for kept in (self.places, self._told, self._said):
                kept.pop(room, None)

    def hear(self, told: dict[str, Any]) -> None:
        """Another process says whom it has; `all`: and nobody else."""
        if told["process"] == self.process:
            return
        _, known = self.others.get(told["process"], (0.0, {}))
        rooms = {room: set(people) for room, people in told["rooms"].items()}
        gone = set(known) - set(rooms) if told.get("all") else set()
        self.others[told["process"]] = time.monotonic(), {**({} if told.get("all") else known), **rooms}
        for room in rooms.keys() | gone:
            self.tell(room)

    def alone(self) -> None:
        """The others cannot be heard any more."""
        self.others.clear()
        self._said.clear()

    def _shown(self, db: Any, room: str) -> list[Any]:
        """Those who are there now, may be, and let it be seen."""
        there = self.sockets.people_at(room) | self._elsewhere(room)
        return self.sockets.identity.shown(db, there & people_in(db, self.places[room][1])) if there else []

    def _elsewhere(self, room: str) -> set[int]:
        late = time.monotonic() - FORGOTTEN
        return {pk for spoke, rooms in list(self.others.values()) if spoke > late for pk in rooms.get(room, ())}

    def _payload(self, room: str, shown: list[Any]) -> dict[str, Any]:
        return {room.partition(":")[0]: self.places[room][0], "people": shown[:MOST_NAMED], "count": len(shown)}

    # --- The other processes --------------------------------------------------------------------------------------------

    def _publish(self, message: Message) -> None:
        if self.sockets.house.bus.several_webs:
            self.sockets.house.bus.publish([message])

    def _run(self) -> None:
        """Tell what is due, and say every fifteen seconds whom we have, as long as there is anybody."""
        beat = time.monotonic() + BEAT
        while True:
            with self._wake:
                if self._stopped or (not self.places and not self._due):
                    self._thread = None
                    return
                next_due = min([beat, *self._due.values()])
                self._wake.wait(max(0.0, next_due - time.monotonic()))
                if self._stopped:
                    continue
                at = time.monotonic()
                due = [room for room, when in self._due.items() if when <= at]
                for room in due:
                    del self._due[room]
            if at >= beat:
                beat = at + BEAT
                self._say_all()
                self.others = {each: told for each, told in self.others.items() if told[0] > at - FORGOTTEN}
                due = list(self.places)
            self._tell_all(due)

    def _say_all(self) -> None:
        try:
            self._publish({"here": {"process": self.process, "rooms": self._ours(), "all": True}})
        except Exception as error:  # the bus is away: this thread must not end with it, or nobody is told any more
            log.warning("company.unsaid", error=str(error))

    def _ours(self) -> dict[str, list[int]]:
        return {room: sorted(people) for room in list(self.places) if (people := self.sockets.people_at(room))}

    def _tell_all(self, rooms: list[str]) -> None:
        with self.sockets.app.app_context():
            for room in rooms:
                try:
                    self.tell(room)
                except Exception as error:  # best effort; the next beat looks again
                    log.warning("company.failed", room=room, error=str(error))
