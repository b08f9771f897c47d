"""What can be done from anywhere: the palette's actions and fixed places. Features say what they have; who may is asked each time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import RULES, Verbs, may, what_may


@dataclass(frozen=True)
class Shortcut:
    """An address that people go to by name. Where the verb is about a place, `path` is below that of the place one is in."""

    words: Callable[[], str]
    icon: str
    path: str
    verb: Verbs | None = None  # None: anybody signed in
    acts: bool = True  # something to do; else a place to be


SHORTCUTS: dict[str, Shortcut] = {}


def shortcut(name: str, made: Shortcut) -> None:
    SHORTCUTS[name] = made


def open_to(actor: Actor, place: Any = None) -> list[tuple[Shortcut, str]]:
    """The shortcuts that the actor may take, each with its address; those of a place in one question."""
    verbs = {name: each.verb for name, each in SHORTCUTS.items() if each.verb is not None}
    about = {name: verb for name, verb in verbs.items() if place is not None and RULES[verb].model is type(place)}
    there = what_may(actor, place, about) if about else frozenset()
    found = []
    for name, each in SHORTCUTS.items():
        if name in there:
            found.append((each, f"{place.path}{each.path}"))
        elif each.verb is None or (RULES[each.verb].model is None and may(actor, each.verb)):
            found.append((each, each.path))
    return found
