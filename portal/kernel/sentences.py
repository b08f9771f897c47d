"""Events as lines of the trail, in the language being spoken."""

from datetime import date
from typing import Any

from portal.kernel.events import KINDS, Event, EventKind
from portal.kernel.words import dated
from portal.kernel.words import gettext as _

DAYS = ("begins", "due", "due_was")  # facts that are days


def sentence(event: Event, actor_name: str) -> str:
    """The event as one line of the trail, in the language being spoken."""
    of = KINDS[event.kind]
    values = {"actor": actor_name} | {name: _shown(name, _said(of, event, name)) for name in event.facts}
    reads = next((other for fact, other in of.without.items() if event.facts and not values.get(fact)), of.reads)
    try:
        return _(reads) % values
    except KeyError:
        return _(of.meaning)  # the facts were erased


def _said(of: EventKind, event: Event, name: str) -> Any:
    """A fact, in the language being spoken where it is a word of ours, or several."""
    value = event.facts[name]
    if name not in of.spoken or not value:
        return value
    said = [_(each) for each in (value if isinstance(value, list) else [value])]
    return [each.replace("%(group)s", str(event.facts.get("group", ""))) for each in said]


def _shown(name: str, value: Any) -> str:
    if name in DAYS and value:
        return dated(date.fromisoformat(value), "d MMM y")
    return ", ".join("" if each is None else str(each) for each in (value if isinstance(value, list) else [value]))
