"""What is forgotten of somebody who is erased: what the staff knew of them."""

from sqlalchemy import or_, select

from portal.accounts.models import Contact, ContactPlace
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
    found = contacts_of(actor, person)
    for contact in found:
        contact.name, contact.email, contact.title, contact.phone, contact.tags = _("Former member"), None, "", "", []
        contact.merged_gave = None
    forget_facts(actor.session, Event.subject_kind == Contact.__kind__, Event.subject_id.in_([contact.id for contact in found]))
    return bool(found)


def contacts_of(actor: Actor, person: Person) -> list[Contact]:
    """Their contacts by their sign-in or their address, whom those were merged into and who was merged into them, who they were and are
    at other companies."""
    which = or_(Contact.person_pk == person.pk, Contact.email == person.email)
    session, known, found = actor.session, set[int](), set(actor.session.scalars(select(Contact.pk).where(which)))
    while found - known:
        known |= found
        same = select(Contact.pk, Contact.merged_pk).where(or_(Contact.pk.in_(known), Contact.merged_pk.in_(known)))
        moved = select(ContactPlace.contact_pk, ContactPlace.before_pk).where(
            or_(ContactPlace.contact_pk.in_(known), ContactPlace.before_pk.in_(known)), ContactPlace.recorded_to.is_(None)
        )
        found |= {pk for rows in (session.execute(same), session.execute(moved)) for row in rows for pk in row if pk is not None}
    return list(session.scalars(select(Contact).where(Contact.pk.in_(found))))
