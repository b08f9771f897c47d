"""What can be watched live, and which kinds of event become which live event: tables that features fill."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import Verbs


@dataclass(frozen=True)
class Watchable:
    """A kind of thing a client may watch: the verb that it takes, the audience that may know who is there (None: nobody is told), and
    the audience of what somebody would write there, as a team note or not (None: they may not)."""

    kind: str
    verb: Verbs
    here: Callable[[Any], int] | None = None
    writes: Callable[[Actor, Any, bool], int | None] | None = None


@dataclass(frozen=True)
class Live:
    """A live event: its name, what must be watched to hear it, and its payload, made once for everybody.

    `watched` gives (kind, pk) pairs, or ("person", pk) for what goes to one person alone; `payload` None: say nothing.
    """

    name: str
    watched: Callable[[Actor, Event], list[tuple[str, int]]]
    payload: Callable[[Actor, Event], dict[str, Any] | None]


Personal = Callable[[Actor, Any], tuple[int, str, dict[str, Any]] | None]  # (system, id) -> (person pk, name, payload)

PERSONAL: dict[str, Personal] = {}  # a kind of bus message -> what it tells one person
FIRST: set[str] = set()  # those of them that whoever begins to watch is told at once, by the person's pk
WATCHABLE: dict[str, Watchable] = {}
LIVE: dict[str, Live] = {}


def watchable(made: Watchable) -> None:
    WATCHABLE[made.kind] = made


def live(kind: str, made: Live) -> None:
    """Have events of a kind become a live event."""
    LIVE[kind] = made


def named(told: Any, *rest: Any) -> tuple[str, str]:
    """(kind, id) of what a client names. Raises ValueError for anything else."""
    if rest or not isinstance(told, dict) or len(told) != 1:
        raise ValueError
    kind, id = next(iter(told.items()))
    if kind not in WATCHABLE or not isinstance(id, str):
        raise ValueError
    return kind, id
