"""What a page missed between its making, or the end of its last connection, and the moment at which it watches.

A page carries the moment it was made at: how far events could be read then, as a number that only we can read. In the clear it would
tell everybody how much happens in places that they know nothing of.
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from sqlalchemy import select

from portal.kernel import horizon
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import Event
from portal.web.watching import FIRST, LIVE, PERSONAL

MOST = 40  # events told one by one; who missed more asks by themselves
LOOKED_AT = 5_000  # events of the whole installation that are looked through for them
SIZE = 8  # bytes of a number


def moment(reached: int, secret: str) -> str:
    """How far events could be read before anything that the page shows was, as a page carries it."""
    nonce = secrets.token_bytes(SIZE)
    return urlsafe_b64encode(nonce + _hidden(reached, nonce, secret)).decode().rstrip("=")


def asked(told: Any) -> tuple[Any, str | None]:
    """What a client said to `watch`, without the moment in it. Raises ValueError for a moment that is no words."""
    if not isinstance(told, dict) or "since" not in told:
        return told, None
    if not isinstance(told["since"], str):
        raise ValueError
    return {name: value for name, value in told.items() if name != "since"}, told["since"]


def since(actor: Actor, kind: str, pk: int, told: str, secret: str) -> dict[str, Any]:
    """`missed`: the live events that this watcher would have heard since, oldest first, and what stands now; or `stale`. `at` is the
    moment from which to go on."""
    reached, before = horizon.reached(actor.session), _read(told, secret)
    answer: dict[str, Any] = {"at": moment(reached, secret)}
    if before is None or abs(reached - before) > LOOKED_AT:
        return answer | {"stale": True}
    system = Actor(actor.session, system=True)
    found = select(Event).where(Event.pk > before, Event.kind.in_(LIVE), held(actor, Event.audience_pk)).order_by(Event.pk)
    meant = [event for event in actor.session.scalars(found) if (kind, pk) in LIVE[event.kind].watched(system, event)]
    if len(meant) > MOST:
        return answer | {"stale": True}
    heard = [[LIVE[event.kind].name, LIVE[event.kind].payload(system, event)] for event in meant]
    if any(payload is None for _name, payload in heard):  # it is elsewhere by now, or for others: what is there is asked for
        return answer | {"stale": True}
    stands = [[each[1], each[2] | {"first": True}] for name in FIRST if (each := PERSONAL[name](system, actor.pk)) is not None]
    return answer | {"missed": heard + stands}


def _read(told: str, secret: str) -> int | None:
    try:
        raw = urlsafe_b64decode(told + "=" * (-len(told) % 4))
    except ValueError:
        return None
    if len(raw) != 2 * SIZE:
        return None
    return int.from_bytes(_hidden(int.from_bytes(raw[SIZE:]), raw[:SIZE], secret))


def _hidden(number: int, nonce: bytes, secret: str) -> bytes:
    """The number under a pad that is used once; the same again brings it back."""
    pad = hashlib.blake2b(nonce, key=secret.encode()[:64], digest_size=SIZE).digest()
    return bytes(a ^ b for a, b in zip(number.to_bytes(SIZE), pad, strict=True))
