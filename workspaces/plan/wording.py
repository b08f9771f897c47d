"""How the plan's pages say whose a step is and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.kernel.actor import Actor
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from portal.people.queries import today_of, vendor
from workspaces.plan.models import PlanItem
from workspaces.plan.queries import is_mine

SOON = timedelta(days=7)


@dataclass(frozen=True)
class Said:
    """A line of the plan in words; `tone` is that of the badge with the day."""

    owners: str
    due: str
    tone: str
    was: str
    mine: bool


def said(actor: Actor, items: Iterable[PlanItem]) -> dict[int, Said]:
    """By pk of the item, for this reader."""
    today, ours = today_of(actor), vendor(actor).name
    return {
        item.pk: Said(owners_words(actor, item, ours), *due_words(actor, item, today), was_words(item), is_mine(actor, item))
        for item in items
    }


def owners_words(actor: Actor, item: PlanItem, ours: str) -> str:
    """You and Elena Voss; a client reads of our people where they are from."""
    names = [_("You")] if is_mine(actor, item) else []
    others = [person for person in item.owners if person.pk != actor.pk]
    for person in others:
        at_ours = person.is_staff and not actor.is_staff
        names.append(_("%(name)s, %(vendor)s", name=person.name, vendor=ours) if at_ours and len(others) == 1 else person.name)
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s", some=", ".join(names[:-1]), last=names[-1])


def due_words(actor: Actor, item: PlanItem, today: date) -> tuple[str, str]:
    """(words, tone) of the badge: what is late, and what is mine soon, stands out."""
    if item.done:
        return (_("Done %(day)s", day=short_day(item.done_at.date(), today)) if item.done_at else _("Done")), "green"
    if item.due is None:
        return "", ""
    if item.due < today:
        return _("Overdue since %(day)s", day=short_day(item.due, today)), "signal"
    if item.due == today:
        return _("Due today"), "signal"
    if is_mine(actor, item) and item.due - today < SOON:
        return _("Due %(weekday)s", weekday=dated(item.due, "EEEE")), "signal"
    return dated(item.due, "EEE d MMM" if item.due.year == today.year else "d MMM y"), ""


def was_words(item: PlanItem) -> str:
    """was 24 Nov, 1 Dec"""
    days = [short_day(day, item.due or day) for day in item.was_due]
    return _("was %(days)s", days=", ".join(days)) if days else ""


def short_day(day: date, near: date) -> str:
    return dated(day, "d MMM" if day.year == near.year else "d MMM y")
