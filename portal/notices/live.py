"""A notice as a live event, to its person alone."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.notices.models import Notice
from portal.notices.queries import unread_count
from portal.notices.shapes import notices_json
from portal.people.models import Person


def notification(system: Actor, notice_id: str) -> tuple[int, str, dict[str, Any]] | None:
    """(person pk, event name, payload); None where they may not read the source any more."""
    notice = system.session.scalar(select(Notice).where(Notice.id == notice_id))
    if notice is None:
        return None
    person = Actor(system.session, system.session.get(Person, notice.person_pk))
    shown = notices_json(person, [notice])[0]
    if shown["title"] is None:
        return None
    return notice.person_pk, "notification", {**shown, "unread": unread_count(person)}


def counts(system: Actor, person_pk: Any) -> tuple[int, str, dict[str, Any]] | None:
    """How much waits for them, which is less, or more, by what they did themselves: their other pages follow."""
    person = system.session.get(Person, person_pk)
    return (person.pk, "counts", {"unread": unread_count(Actor(system.session, person))}) if person else None
