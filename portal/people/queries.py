"""What screens ask about people."""

import time
from dataclasses import dataclass

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.people.models import Installation

KEPT = 30.0  # seconds that a process may show a vendor's old name


@dataclass(frozen=True)
class Vendor:
    """The company whose installation this is."""

    name: str = "Mainstay"
    contact: str = ""
    timezone: str = "UTC"
    language: str = "en"


_vendor: dict[str, tuple[float, Vendor]] = {}


def vendor(actor: Actor) -> Vendor:
    """The vendor's name and contact; remembered for half a minute, and shown even where the database is away."""
    if actor.session is None:
        return next((known for _, known in _vendor.values()), Vendor())
    place = str(actor.session.get_bind().engine.url)
    kept = _vendor.get(place)
    if kept is None or kept[0] < time.monotonic():
        found = actor.session.scalar(select(Installation))
        known = Vendor(found.name, found.contact, found.timezone, found.language) if found else Vendor()
        kept = _vendor[place] = time.monotonic() + KEPT, known
    return kept[1]


def forget_vendor() -> None:
    """The settings changed: ask again."""
    _vendor.clear()
