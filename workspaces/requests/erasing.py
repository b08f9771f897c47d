"""What a restored backup must not bring back of requests: those of who was erased."""

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.erasing import Entry, erases, forget_facts
from portal.kernel.events import Event
from portal.people.models import Person
from workspaces.requests.models import EntryRequest


@erases("person", "requests")
def erase_requests(actor: Actor, entry: Entry) -> bool:
    """What was asked for their address."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    found = actor.session.scalars(select(EntryRequest).where(EntryRequest.email == person.email)).all()
    for row in found:
        forget_facts(actor.session, Event.facts["request"].as_string() == row.id)
        actor.session.delete(row)
    return bool(found)
