"""Live events. A watch is joined by the server alone, after the same question as a page; before each event the watchers are asked
for again, and it is sent to exactly those, so who lost access gets nothing after that moment, in any process.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask, request
from flask_socketio import SocketIO, disconnect
from sqlalchemy import select

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.audiences import held_pks, people_in
from portal.kernel.bus import Message
from portal.kernel.errors import Refused
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.policy import RULES, allowed, fetch
from portal.kernel.words import gettext as _
from portal.web import broadcast, speech, viewing
from portal.web.identity import Identity
from portal.web.watching import LIVE, PERSONAL, WATCHABLE

log = structlog.get_logger(__name__)
MOST_WATCHES = 50


@dataclass
class Socket:
    """One connection of this process."""

    person_pk: int
    sign_in_pk: int  # minus the pk of an API token where it came by one
    language: str  # that what it hears is said in
    rooms: set[str] = field(default_factory=set)


HANDLERS: dict[str, str] = {}  # socket event -> what it requires, for the ladder test and the start-up check


class Realtime:
    """The sockets of this process, and what they hear."""

    def __init__(self, app: Flask, house: House, identity: Identity) -> None:
        self.app, self.house, self.identity = app, house, identity
        self.sockets: dict[str, Socket] = {}
        self._lock = threading.RLock()
        self.io = SocketIO(
            app,
            async_mode="threading",
            async_handlers=False,  # one after the other on a connection: who floods it waits for themselves
            transports=["websocket"],
            cors_allowed_origins=_origins(house),
            ping_interval=25,
            ping_timeout=20,
            max_http_buffer_size=64_000,
            manage_session=False,
            logger=False,
            engineio_logger=False,
            client_manager=broadcast.Broadcasting(),
        )
        broadcast.set_up(self.io)
        self.io.on_event("connect", self._connect)
        self.io.on_event("disconnect", self._disconnect)
        self._handle("watch", "the reading verb of what is watched", self._watch)
        self._handle("unwatch", "nothing: it only leaves", self._unwatch)
        self.io.on("*")(lambda event, *rest: {"ok": False, "title": _("There is no such event.")})
        self.io.default_exception_handler = self._failed

    def hear(self, message: Message) -> None:
        """A message of the bus or of this process's own commit."""
        with self.app.app_context():
            try:
                if "event" in message:
                    self._tell(message["event"])
                elif "access" in message:
                    self._recheck(set(message["access"]))
                elif "ended" in message:
                    self._end(set(message["ended"]))
                elif "deaf" in message:  # what the other processes tell passes us by: better no socket than one that misses things
                    self.close_all()
                else:
                    self._tell_one(message)
            except Exception as error:  # best effort: pages catch up by asking
                log.warning("live.failed", message=message, error=str(error))

    def close_all(self) -> None:
        """Close the connections: on the way down, so that the server can end. Pages come back to whoever serves next."""
        for connection in list(self.io.server.eio.sockets.values()):
            connection.close(wait=False)

    # --- what clients say -----------------------------------------------------------------------------------------------

    def _handle(self, name: str, requires: str, handler: Callable[..., Any]) -> None:
        HANDLERS[name] = requires
        self.io.on_event(name, handler)

    def _connect(self, auth: Any = None, *rest: Any) -> Any:
        try:
            return self._admit(auth)
        except Exception as error:  # whatever an exception handler answered would let them in
            log.exception("live.connect_failed", exc_info=error)
            return False

    def _admit(self, auth: Any) -> Any:
        if request.sid in self.sockets:  # type: ignore[attr-defined]
            return False  # an event of the client's own that is named like ours
        if not isinstance(auth, dict | None) or (not auth and not request.headers.get("Origin")):
            return False  # a cookie is only believed from a page of ours
        if not auth and viewing.current() is not None:
            return False  # who looks as somebody else hears nothing
        with self.house.db.reading() as db:
            actor = self.identity.of_token(db, auth.get("token")) if auth else self.identity.of_browser(db)
            if not actor.person:
                return False
            with self._lock:
                self.sockets[request.sid] = Socket(actor.pk, actor.sign_in, speech.of(actor, self.identity))  # type: ignore[attr-defined]
        if self.house.bus.deaf:  # since just now: the others were let go before this one was there
            self._drop(request.sid)  # type: ignore[attr-defined]
            return False
        self._join(request.sid, f"person:{actor.pk}")  # type: ignore[attr-defined]
        return None

    def _disconnect(self, *reason: Any) -> None:
        if self.io.server.manager.is_connected(request.sid, "/"):  # type: ignore[attr-defined]
            return  # likewise
        with self._lock:
            self.sockets.pop(request.sid, None)  # type: ignore[attr-defined]

    def _watch(self, told: Any = None, *rest: Any) -> dict[str, Any]:
        socket = self.sockets.get(request.sid)  # type: ignore[attr-defined]
        if socket is None:
            disconnect()
            return {"ok": False, "title": _("Sign in to go on")}
        try:
            kind, id = _asked(told, *rest)
        except ValueError:
            return {"ok": False, "title": _("Say what to watch, such as a topic and its id.")}
        if len(socket.rooms) > MOST_WATCHES:
            return {"ok": False, "title": _("That are too many watches on one connection.")}
        with self.house.db.reading() as db:
            actor = self._actor(db, socket)
            try:
                row = fetch(actor, WATCHABLE[kind].verb, id)
            except Refused:
                return {"ok": False, "title": _("Page not found")}
            for audience in WATCHABLE[kind].audiences(row) & held_pks(actor):
                self._join(request.sid, f"{kind}:{row.pk}:{audience}")  # type: ignore[attr-defined]
        return {"ok": True}

    def _unwatch(self, *told: Any) -> dict[str, Any]:
        socket = self.sockets.get(request.sid)  # type: ignore[attr-defined]
        for room in list(socket.rooms) if socket else []:
            if not room.startswith("person:"):
                self._leave(request.sid, room)  # type: ignore[attr-defined]
        return {"ok": True}

    def _failed(self, error: Exception) -> dict[str, Any]:
        log.exception("live.handler_failed", exc_info=error)
        return {"ok": False, "title": _("Something went wrong on our side")}

    # --- what clients hear ----------------------------------------------------------------------------------------------

    def _tell(self, event_id: str) -> None:
        with self.house.db.reading() as db:
            event = db.scalar(select(Event).where(Event.id == event_id))
            made = LIVE.get(event.kind) if event else None
            if event is None or made is None:
                return
            system = Actor(db, system=True)
            rooms = [_room(*each[:2], (*each, event.audience_pk)[2]) for each in made.watched(system, event)]
            meant = list(dict.fromkeys(sid for room in rooms for sid in self._still_meant(db, room, event.audience_pk)))
            for sids in self._by_language(meant):
                if (payload := made.payload(system, event)) is not None:
                    self.io.emit(made.name, payload, to=sids)

    def _tell_one(self, message: Message) -> None:
        kind, id = next(iter(message.items()))
        with self.house.db.reading() as db:
            tells = PERSONAL.get(kind)
            told = tells(Actor(db, system=True), id) if tells else None
            if tells is None or told is None:
                return
            person_pk, name, _payload = told
            room = f"person:{person_pk}"
            with self._lock:
                theirs = {sid: socket for sid, socket in self.sockets.items() if room in socket.rooms}
            alive = self.identity.alive(db, {socket.sign_in_pk for socket in theirs.values() if socket.sign_in_pk})
            over = [sid for sid, socket in theirs.items() if socket.sign_in_pk and socket.sign_in_pk not in alive]
            for sids in self._by_language(sid for sid in theirs if sid not in over):
                if (told := tells(Actor(db, system=True), id)) is not None:
                    self.io.emit(name, told[2], to=sids)
        for sid in over:
            self._drop(sid)

    def _by_language(self, sids: Iterable[str]) -> Iterator[list[str]]:
        """The connections, those of one language at a time, while that language is spoken."""
        theirs = {sid: socket.language for sid in sids if (socket := self.sockets.get(sid))}
        for tag in dict.fromkeys(theirs.values()):
            with words.speaking(tag):
                yield [sid for sid, language in theirs.items() if language == tag]

    def _still_meant(self, db: Any, room: str, audience_pk: int) -> list[str]:
        """The connections in a room, after those have gone who are no longer meant."""
        with self._lock:
            inside = {sid: socket for sid, socket in self.sockets.items() if room in socket.rooms}
        if not inside:
            return []
        meant = people_in(db, audience_pk)
        alive = self.identity.alive(db, {socket.sign_in_pk for socket in inside.values() if socket.sign_in_pk})
        for sid, socket in list(inside.items()):
            over = bool(socket.sign_in_pk) and socket.sign_in_pk not in alive
            if over:
                self._drop(sid)
            elif socket.person_pk not in meant and not room.startswith("person:"):
                self._leave(sid, room)
            else:
                continue
            del inside[sid]
        return list(inside)

    def _recheck(self, people: set[int]) -> None:
        """What these people may see has changed: leave every room whose audience they lost."""
        with self._lock:
            theirs = {sid: socket for sid, socket in self.sockets.items() if socket.person_pk in people}
        with self.house.db.reading() as db:
            for sid, socket in theirs.items():
                actor = self._actor(db, socket)
                if not actor.person or actor.person.suspended_at:
                    self._drop(sid)
                    continue
                held = held_pks(actor)
                watched = [room.split(":") for room in socket.rooms if not room.startswith("person:")]
                for kind, pk, audience in watched:
                    if int(audience) not in held:
                        self._leave(sid, f"{kind}:{pk}:{audience}")
                for kind, pk in {(kind, pk) for kind, pk, _audience in watched}:
                    self._join_all(sid, actor, kind, int(pk), held)

    def _join_all(self, sid: str, actor: Actor, kind: str, pk: int, held: frozenset[int]) -> None:
        """What is watched and may still be read may have other audiences by now, or the watcher holds more of them."""
        verb = WATCHABLE[kind].verb
        row = actor.session.scalar(allowed(actor, verb).where(RULES[verb].model.pk == pk))
        for audience in WATCHABLE[kind].audiences(row) & held if row is not None else ():
            self._join(sid, f"{kind}:{pk}:{audience}")

    def _end(self, sign_ins: set[int]) -> None:
        for sid, socket in list(self.sockets.items()):
            if socket.sign_in_pk in sign_ins:
                self._drop(sid)

    def _actor(self, db: Any, socket: Socket) -> Actor:
        return Actor(db, self.identity.person(db, socket.person_pk), sign_in=socket.sign_in_pk)

    def _join(self, sid: str, room: str) -> None:
        """Note it here and nowhere else: what the library kept of it could outlive our own books."""
        with self._lock:
            if sid in self.sockets:
                self.sockets[sid].rooms.add(room)

    def _leave(self, sid: str, room: str) -> None:
        with self._lock:
            if sid in self.sockets:
                self.sockets[sid].rooms.discard(room)

    def _drop(self, sid: str) -> None:
        """End a connection for good: tell the page, then close it even if the page would rather not."""
        with self._lock:
            self.sockets.pop(sid, None)
        server = self.io.server
        try:
            connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
            server.disconnect(sid, namespace="/")
            if connection is not None:
                connection.close(wait=False)
        except Exception as error:  # already gone
            log.debug("live.drop", error=str(error))


def _room(kind: str, pk: int, audience_pk: int) -> str:
    return f"person:{pk}" if kind == "person" else f"{kind}:{pk}:{audience_pk}"


def _asked(told: Any, *rest: Any) -> tuple[str, str]:
    if rest or not isinstance(told, dict) or len(told) != 1:
        raise ValueError
    kind, id = next(iter(told.items()))
    if kind not in WATCHABLE or not isinstance(id, str):
        raise ValueError
    return kind, id


def _origins(house: House) -> list[str] | None:
    """Where a socket may be opened from: the base URL; on loopback, where there are several names for one place, the same host."""
    return [house.settings.base_url] if house.settings.secure else None
