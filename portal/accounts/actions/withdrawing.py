"""Contacts whom an import brought, taken back."""

from sqlalchemy import select

from portal.accounts.actions.contacts import record_contact
from portal.accounts.events import CONTACT_WITHDRAWN
from portal.accounts.models import Contact, ContactPlace
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.history import current, end


@action(May.CHANGE_CONTACT)
def withdraw_contact(actor: Actor, contact: Contact) -> None:
    """Take back a contact that an import made; the trail keeps that it was."""
    contact.removed_at = now()
    _end_place(actor, contact)
    record_contact(actor, CONTACT_WITHDRAWN, contact, name=contact.name)


def _end_place(actor: Actor, contact: Contact) -> None:
    place = actor.session.scalar(select(ContactPlace).where(ContactPlace.contact_pk == contact.pk, current(ContactPlace)))
    if place is not None:
        end(actor.session, place)
