"""Live events go out: each to those who are meant at this moment, in the language of each."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.bus import Message
from portal.kernel.events import Event
from portal.web.watching import LIVE, PERSONAL


def event(realtime: Any, event_id: str) -> None:
    """To those who watch where it happened, and hold its audience."""
    with realtime.house.db.reading() as db:
        found = db.scalar(select(Event).where(Event.id == event_id))
        made = LIVE.get(found.kind) if found else None
        if found is None or made is None:
            return
        system = Actor(db, system=True)
        rooms = [f"{kind}:{pk}" for kind, pk in made.watched(system, found)]
        meant = list(dict.fromkeys(sid for room in rooms for sid in realtime.still_meant(db, room, found.audience_pk)))
        for sids in _by_language(realtime, meant):
            if (payload := made.payload(system, found)) is not None:
                realtime.io.emit(made.name, payload, to=sids)


def one(realtime: Any, message: Message) -> None:
    """To one person, wherever they are signed in."""
    kind, id = next(iter(message.items()))
    with realtime.house.db.reading() as db:
        tells = PERSONAL.get(kind)
        told = tells(Actor(db, system=True), id) if tells else None
        if tells is None or told is None:
            return
        person_pk, name, _payload = told
        room = f"person:{person_pk}"
        with realtime.lock:
            theirs = {sid: socket for sid, socket in realtime.sockets.items() if room in socket.rooms}
        alive = realtime.identity.alive(db, {socket.sign_in_pk for socket in theirs.values() if socket.sign_in_pk})
        over = [sid for sid, socket in theirs.items() if socket.sign_in_pk and socket.sign_in_pk not in alive]
        for sids in _by_language(realtime, [sid for sid in theirs if sid not in over]):
            if (told := tells(Actor(db, system=True), id)) is not None:
                realtime.io.emit(name, told[2], to=sids)
    for sid in over:
        realtime.drop(sid)


def _by_language(realtime: Any, sids: Iterable[str]) -> Iterator[list[str]]:
    """The connections, those of one language at a time, while that language is spoken."""
    theirs = {sid: socket.language for sid in sids if (socket := realtime.sockets.get(sid))}
    for tag in dict.fromkeys(theirs.values()):
        with words.speaking(tag):
            yield [sid for sid, language in theirs.items() if language == tag]
