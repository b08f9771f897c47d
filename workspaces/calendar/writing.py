"""A calendar as programs read it: RFC 5545, with what Google, Outlook and Apple want of an address that is read again and again.

Days are days, whatever the time zone: a step is due on the day that was agreed, and takes up nobody's time.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from icalendar import Calendar, Event

from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from portal.people.queries import vendor
from workspaces.calendar import queries
from workspaces.calendar.models import CalendarFeed
from workspaces.calendar.queries import Version
from workspaces.plan.models import PlanItem
from workspaces.plan.wording import owners_words, was_words

PRODUCT = "-//Mainstay//Plan//EN"
AGAIN = timedelta(hours=1)  # how often programs are asked to read it


def calendar(actor: Actor, feed: CalendarFeed, host: str, absolute: Callable[[str], str]) -> bytes:
    """The calendar of the feed's person. The same as long as nothing changed, so that its bytes tell whether it did."""
    made = Calendar()
    name = _("Plan, %(vendor)s", vendor=vendor(actor).name)
    for field, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        made.add(field, value)
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", actor.person.timezone or "UTC")
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    items, gone = queries.entries(actor, whole=feed.whole), queries.taken_away(actor, whole=feed.whole)
    known = queries.versions(actor, [item.id for item in items] + [id for id, _day in gone])
    for item in items:
        made.add_component(_entry(actor, item, known.get(item.id), host, absolute))
    for id, day in gone:
        made.add_component(_cancelled(id, day, known.get(id), host))
    return made.to_ical()


def _entry(actor: Actor, item: PlanItem, version: Version | None, host: str, absolute: Callable[[str], str]) -> Event:
    made = _event(item.id, cast(date, item.due), version or Version(0, item.created_at), host)
    title = _("Milestone: %(title)s", title=item.title) if item.is_milestone else item.title
    made.add("summary", f"✓ {title}" if item.done else title)
    made.add("location", item.workspace.title)
    made.add("description", "\n".join(filter(None, (_whose(actor, item), was_words(item), absolute(item.path)))))
    made.add("url", absolute(item.path))
    made.add("status", "CONFIRMED")
    return made


def _cancelled(id: str, day: date, version: Version | None, host: str) -> Event:
    """That something is no more; what it was called is not for those who ask now."""
    made = _event(id, day, version or Version(0, datetime(2000, 1, 1, tzinfo=UTC)), host)
    made.add("summary", _("No longer on the plan"))
    made.add("status", "CANCELLED")
    return made


def _event(id: str, day: date, version: Version, host: str) -> Event:
    made: Any = Event()
    made.add("uid", f"plan-{id}@{host}")
    made.add("dtstamp", version.at.astimezone(UTC))
    made.add("last-modified", version.at.astimezone(UTC))
    made.add("sequence", version.number)
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    made.add("transp", "TRANSPARENT")
    made.add("x-microsoft-cdo-busystatus", "FREE")
    return made


def _whose(actor: Actor, item: PlanItem) -> str:
    return owners_words(actor, item, vendor(actor).name)
