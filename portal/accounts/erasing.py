"""What is forgotten of somebody who is erased: what the staff knew of them."""

from sqlalchemy import or_, select

from portal.accounts.models import Contact
from portal.kernel.actor import Actor
from portal.kernel.erasing import Entry, erases, forget_facts
from portal.kernel.events import Event
from portal.kernel.words import gettext as _
from portal.people.models import Person


@erases("person", "accounts")
def erase_contacts(actor: Actor, entry: Entry) -> bool:
    """Their contacts at every account, by their sign-in or their address."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    found = actor.session.scalars(select(Contact).where(or_(Contact.person_pk == person.pk, Contact.email == person.email))).all()
    for contact in found:
        contact.name, contact.email, contact.title, contact.phone, contact.tags = _("Former member"), None, "", "", []
    forget_facts(actor.session, Event.subject_kind == Contact.__kind__, Event.subject_id.in_([contact.id for contact in found]))
    return bool(found)
