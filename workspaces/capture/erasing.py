"""What is forgotten of somebody who is erased: their letters as they came; and addresses that a restored backup must not bring back."""

from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, after_restore, erases, forget_facts
from portal.kernel.events import Event
from portal.people.models import Person
from workspaces.capture.models import HELD, REFUSED, CaptureAddress, Captured, CapturedThing
from workspaces.forums.models import Post


@erases("person", "capture")
def erase_letters(actor: Actor, entry: Entry) -> bool:
    """Every letter they sent or that holds a message of theirs: its bytes, its subject and its sender."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    theirs = select(CapturedThing.captured_pk).join(Post, Post.id == CapturedThing.thing_id)
    theirs = theirs.where(CapturedThing.kind == "post", Post.author_pk == person.pk)
    which = or_(func.lower(Captured.sender) == person.email, Captured.pk.in_(theirs))
    found = list(actor.session.scalars(select(Captured).where(which)))
    for captured in found:
        captured.name, captured.sender, captured.sha256, captured.size = "-", "", "", 0
        captured.state = REFUSED if captured.state == HELD else captured.state
    forget_facts(actor.session, Event.subject_kind == Captured.__kind__, Event.subject_id.in_([each.id for each in found]))
    return bool(found)


@after_restore("addresses for mail that were in use")
def end_addresses(session: Session) -> int:
    """Which of them were renewed since cannot be told from those that were not."""
    ended = update(CaptureAddress).where(CaptureAddress.ended_at.is_(None)).values(ended_at=now())
    return cast("CursorResult[Any]", session.execute(ended)).rowcount
