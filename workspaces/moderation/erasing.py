"""What a restored backup must not bring back of moderation: first messages of who was erased, that never became messages."""

from sqlalchemy import delete, select

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, erases
from portal.people.models import Person
from workspaces.moderation.models import APPROVED, WITHDRAWN, Held, HeldFile


@erases("person", "moderation")
def erase_held(actor: Actor, entry: Entry) -> bool:
    """What they wrote that waits, was withdrawn or was refused: its words and its files."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    found = actor.session.scalars(select(Held).where(Held.author_pk == person.pk, Held.outcome != APPROVED)).all()
    for held in found:
        actor.session.execute(delete(HeldFile).where(HeldFile.held_pk == held.pk))
        held.title = held.body = held.html = ""
        if not held.outcome:
            held.outcome, held.ended_at = WITHDRAWN, now()
            held.workspace.held_count -= 1
    return bool(found)
