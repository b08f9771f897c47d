"""Contacts whom an import brought, taken back."""

from portal.accounts.actions.contacts import record_contact
from portal.accounts.actions.moving import places
from portal.accounts.events import CONTACT_WITHDRAWN
from portal.accounts.models import Contact
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.history import end


@action(May.CHANGE_CONTACT)
def withdraw_contact(actor: Actor, contact: Contact) -> None:
    """Take back a contact that an import made; the trail keeps that it was."""
    contact.removed_at = now()
    for place in places(actor, contact):
        end(actor.session, place)
    record_contact(actor, CONTACT_WITHDRAWN, contact, name=contact.name)
