"""What can be watched live, and which kinds of event become which live event: tables that features fill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import Verbs


@dataclass(frozen=True)
class Watchable:
    """A kind of thing a client may watch: the verb that it takes, and the audiences its news can have."""

    kind: str
    verb: Verbs
    audiences: Callable[[Any], set[int]]


@dataclass(frozen=True)
class Live:
    """A live event: its name, what must be watched to hear it, and its payload, made once for everybody.

    `watched` gives (kind, pk) pairs, or ("person", pk) for what goes to one person alone; with a third number it is those who watch
    the thing under another audience than the event's, like the one it had before. `payload` None: say nothing.
    """

    name: str
    watched: Callable[[Actor, Event], Sequence[tuple[str, int] | tuple[str, int, int]]]
    payload: Callable[[Actor, Event], dict[str, Any] | None]


Personal = Callable[[Actor, str], tuple[int, str, dict[str, Any]] | None]  # (system, id) -> (person pk, name, payload)

PERSONAL: dict[str, Personal] = {}  # a kind of bus message -> what it tells one person
WATCHABLE: dict[str, Watchable] = {}
LIVE: dict[str, Live] = {}


def watchable(made: Watchable) -> None:
    WATCHABLE[made.kind] = made


def live(kind: str, made: Live) -> None:
    """Have events of a kind become a live event."""
    LIVE[kind] = made
