"""Live events. A watch is joined by the server alone, after the same question as a page; before each event it is asked anew which of
the watchers are meant, and it is sent to exactly those, so who lost access gets nothing after that moment, in any process, and who gained
it hears from then on.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask, request
from flask_socketio import SocketIO, disconnect

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.bus import Message
from portal.kernel.errors import Refused
from portal.kernel.house import House
from portal.kernel.policy import RULES, allowed, fetch
from portal.kernel.words import gettext as _
from portal.web import broadcast, missed, speech, telling, viewing, writing
from portal.web.company import Company
from portal.web.identity import Identity
from portal.web.watching import WATCHABLE, named

log = structlog.get_logger(__name__)
MOST_WATCHES = 50


@dataclass
class Socket:
    """One connection of this process."""

    person_pk: int
    sign_in_pk: int  # minus the pk of an API token where it came by one
    language: str  # that what it hears is said in
    rooms: set[str] = field(default_factory=set)  # 'person:PK', and 'topic:PK', 'workspace:PK' for each watch
    typed: float = 0.0


HANDLERS: dict[str, str] = {}  # socket event -> what it requires, for the ladder test and the start-up check


class Realtime:
    """The sockets of this process, and what they hear."""

    def __init__(self, app: Flask, house: House, identity: Identity) -> None:
        self.app, self.house, self.identity = app, house, identity
        self.sockets: dict[str, Socket] = {}
        self.lock = threading.RLock()
        self.company = Company(self)
        house.ending.append(self.company.stop)
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
        self._handle("typing", "the verb of writing there", self._typing)
        self.io.on("*")(lambda event, *rest: {"ok": False, "title": _("There is no such event.")})
        self.io.default_exception_handler = self._failed

    def hear(self, message: Message) -> None:
        """A message of the bus or of this process's own commit."""
        with self.app.app_context():
            try:
                if "event" in message:
                    telling.event(self, message["event"])
                elif "access" in message:
                    self._recheck(set(message["access"]))
                    self.company.changed(set(message["access"]))
                elif "ended" in message:
                    self._end(set(message["ended"]))
                elif "here" in message:
                    self.company.hear(message["here"])
                elif "writing" in message:
                    writing.hear(self, message["writing"])
                elif "deaf" in message:  # what the other processes tell passes us by: better no socket than one that misses things
                    self.company.alone()
                    self.close_all()
                else:
                    telling.one(self, message)
            except Exception as error:  # best effort: pages catch up by asking
                log.warning("live.failed", message=message, error=str(error))

    def close_all(self) -> None:
        """Close the connections: on the way down, so that the server can end. Pages come back to whoever serves next."""
        for connection in list(self.io.server.eio.sockets.values()):
            connection.close(wait=False)

    # --- what clients say -----------------------------------------------------------------------------------------------

    def _handle(self, name: str, requires: str, handler: Callable[..., Any]) -> None:
        HANDLERS[name] = requires

        def spoken(*told: Any) -> Any:
            socket = self.sockets.get(request.sid)  # type: ignore[attr-defined]
            with words.speaking(socket.language if socket else None):
                return handler(*told)

        self.io.on_event(name, spoken)

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
            with self.lock:
                self.sockets[request.sid] = Socket(actor.pk, actor.sign_in, speech.of(actor, self.identity))  # type: ignore[attr-defined]
        if self.house.bus.deaf:  # since just now: the others were let go before this one was there
            self.drop(request.sid)  # type: ignore[attr-defined]
            return False
        self._join(request.sid, f"person:{actor.pk}")  # type: ignore[attr-defined]
        return None

    def _disconnect(self, *reason: Any) -> None:
        if self.io.server.manager.is_connected(request.sid, "/"):  # type: ignore[attr-defined]
            return  # likewise
        with self.lock:
            gone = self.sockets.pop(request.sid, None)  # type: ignore[attr-defined]
        self.company.left(gone.rooms if gone else ())

    def _watch(self, told: Any = None, *rest: Any) -> dict[str, Any]:
        socket = self.sockets.get(request.sid)  # type: ignore[attr-defined]
        if socket is None:
            disconnect()
            return {"ok": False, "title": _("Sign in to go on")}
        try:
            told, since = missed.asked(told)
            kind, id = named(told, *rest)
        except ValueError:
            return {"ok": False, "title": _("Say what to watch, such as a topic and its id.")}
        if len(socket.rooms) > MOST_WATCHES:
            return {"ok": False, "title": _("That are too many watches on one connection.")}
        with self.house.db.reading() as db:
            try:
                row = fetch(self.actor(db, socket), WATCHABLE[kind].verb, id)
            except Refused:
                return {"ok": False, "title": _("Page not found")}
            room, here = f"{kind}:{row.pk}", WATCHABLE[kind].here
            audience_pk = here(row) if here else None
        self._join(request.sid, room)  # type: ignore[attr-defined]
        if audience_pk is not None:
            self.company.came(room, id, audience_pk, request.sid)  # type: ignore[attr-defined]
        if since is None:
            return {"ok": True}
        with self.app.app_context(), self.house.db.reading() as db:  # anew, now that what comes is heard
            return {"ok": True, **missed.since(self.actor(db, socket), kind, row.pk, since, self.house.settings.secret_key)}

    def _typing(self, *told: Any) -> dict[str, Any]:
        return writing.typed(self, request.sid, *told)  # type: ignore[attr-defined]

    def _unwatch(self, *told: Any) -> dict[str, Any]:
        socket = self.sockets.get(request.sid)  # type: ignore[attr-defined]
        left = {room for room in socket.rooms if not room.startswith("person:")} if socket else set()
        if socket:
            socket.rooms = socket.rooms - left
        self.company.left(left)
        return {"ok": True}

    def _failed(self, error: Exception) -> dict[str, Any]:
        log.exception("live.handler_failed", exc_info=error)
        return {"ok": False, "title": _("Something went wrong on our side")}

    # --- what clients hear ----------------------------------------------------------------------------------------------

    def still_meant(self, db: Any, room: str, audience_pk: int) -> list[str]:
        """The connections in a room whose people are meant at this moment; those go whose sign-in is over."""
        with self.lock:
            inside = {sid: socket for sid, socket in self.sockets.items() if room in socket.rooms}
        if not inside:
            return []
        meant = people_in(db, audience_pk)
        alive = self.identity.alive(db, {socket.sign_in_pk for socket in inside.values() if socket.sign_in_pk})
        for sid, socket in list(inside.items()):
            if socket.sign_in_pk and socket.sign_in_pk not in alive:
                self.drop(sid)
            elif socket.person_pk in meant or room.startswith("person:"):
                continue
            del inside[sid]
        return list(inside)

    def tell_room(self, db: Any, room: str, audience_pk: int, name: str, payload: Any, *, but: int = 0) -> None:
        """Tell those in a room who are meant, but for one person."""
        meant = self.still_meant(db, room, audience_pk)
        if but:
            meant = [sid for sid in meant if (socket := self.sockets.get(sid)) and socket.person_pk != but]
        if meant:
            self.io.emit(name, payload, to=meant)

    def tell_one(self, sid: str, name: str, payload: Any) -> None:
        self.io.emit(name, payload, to=sid)

    def people_at(self, room: str) -> set[int]:
        """Whose browsers are in a room; programs, which come by an API token, are nobody."""
        with self.lock:
            return {socket.person_pk for socket in self.sockets.values() if room in socket.rooms and socket.sign_in_pk >= 0}

    def _recheck(self, people: set[int]) -> None:
        """What these people may see has changed. Whoever is nobody any more is let go; of what they watch and may still read their page
        asks anew, since things may have come to light or gone. Of what they lost they hear nothing, not even that."""
        with self.lock:
            theirs = {sid: socket for sid, socket in self.sockets.items() if socket.person_pk in people}
        with self.house.db.reading() as db:
            for sid, socket in theirs.items():
                actor = self.actor(db, socket)
                if not actor.person:
                    self.drop(sid)
                    continue
                for kind, pk in [room.split(":") for room in sorted(socket.rooms) if not room.startswith("person:")]:
                    verb = WATCHABLE[kind].verb
                    row = db.scalar(allowed(actor, verb).where(RULES[verb].model.pk == int(pk)))
                    if row is not None:
                        self.io.emit("access", {kind: row.id}, to=sid)

    def _end(self, sign_ins: set[int]) -> None:
        for sid, socket in list(self.sockets.items()):
            if socket.sign_in_pk in sign_ins:
                self.drop(sid)

    def actor(self, db: Any, socket: Socket) -> Actor:
        return Actor(db, self.identity.person(db, socket.person_pk), sign_in=socket.sign_in_pk)

    def _join(self, sid: str, room: str) -> None:
        """Note it here and nowhere else: what the library kept of it could outlive our own books."""
        with self.lock:
            if sid in self.sockets:
                self.sockets[sid].rooms.add(room)

    def drop(self, sid: str) -> None:
        """End a connection for good: tell the page, then close it even if the page would rather not."""
        with self.lock:
            gone = self.sockets.pop(sid, None)
        self.company.left(gone.rooms if gone else (), for_good=True)
        server = self.io.server
        try:
            connection = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
            server.disconnect(sid, namespace="/")
            if connection is not None:
                connection.close(wait=False)
        except Exception as error:  # already gone
            log.debug("live.drop", error=str(error))


def _origins(house: House) -> list[str] | None:
    """Where a socket may be opened from: the base URL; on loopback, where there are several names for one place, the same host."""
    return [house.settings.base_url] if house.settings.secure else None
