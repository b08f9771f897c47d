"""Contacts who move to another company: they stay readable where they were, with from when until when, and are a contact of the
new one. What was said of them at either stays there."""

from collections.abc import Callable

from sqlalchemy import select

from portal.accounts.actions.contacts import record_contact, refuse_twin
from portal.accounts.events import CONTACT_CAME, CONTACT_LEFT, CONTACT_STAYED
from portal.accounts.models import Account, Contact, ContactPlace
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.history import current, end
from portal.kernel.policy import require
from portal.kernel.words import gettext as _

# What speaks against a contact being of another company: `refuse(actor, contact, to)` raises Invalid; by feature.
BEFORE_MOVING: dict[str, Callable[[Actor, Contact, Account], object]] = {}


@action(May.CHANGE_CONTACT)
def move_contact(actor: Actor, contact: Contact, *, to: Account) -> Contact:
    """The contact at their new company. Raises Invalid where they are there already, Forbidden unless one may change it."""
    require(actor, May.CHANGE_ACCOUNT, to)
    if to.pk == contact.account_pk:
        raise Invalid(("account", _("%(name)s is at this account already.", name=contact.name)))
    refuse_twin(actor, to.pk, contact.email, field="account")
    fields = {name: getattr(contact, name) for name in ("name", "email", "title", "phone", "tags", "person_pk")}
    new = Contact(account_pk=to.pk, **fields)
    actor.session.add(new)
    actor.session.flush()
    leave(actor, contact, for_=new)
    return new


def leave(actor: Actor, contact: Contact, *, for_: Contact) -> None:
    """The contact is no longer at this company but is the other contact, at the other's. Neither trail names the other's company."""
    account = actor.session.get_one(Account, for_.account_pk)
    for refuse in BEFORE_MOVING.values():
        refuse(actor, contact, account)
    contact.left_at = now()
    for place in places(actor, contact):
        end(actor.session, place)
    actor.session.add(ContactPlace(contact_pk=for_.pk, account_pk=for_.account_pk, before_pk=contact.pk))
    actor.session.flush()
    record_contact(actor, CONTACT_LEFT, contact, name=contact.name)
    record_contact(actor, CONTACT_CAME, for_, name=for_.name)


def stay(actor: Actor, contact: Contact) -> Contact:
    """As if they had never moved. Raises Invalid where they are known by more than the move at the new company by now."""
    refuse_twin(actor, contact.account_pk, contact.email, field="", but=contact.pk)
    for place in actor.session.scalars(_known(ContactPlace.before_pk == contact.pk)).all():
        new = actor.session.get_one(Contact, place.contact_pk)
        require(actor, May.CHANGE_CONTACT, new)
        place.recorded_to = now()
        actor.session.flush()
        if not places(actor, new):
            _withdraw(actor, new)
        record_contact(actor, CONTACT_STAYED, new, name=new.name)
    contact.left_at = None
    _come_back(actor, contact)
    record_contact(actor, CONTACT_STAYED, contact, name=contact.name)
    return contact


def places(actor: Actor, contact: Contact) -> list[ContactPlace]:
    """The rows that say that a contact is where they are: one, or one more for each who turned out to be them."""
    return list(actor.session.scalars(select(ContactPlace).where(ContactPlace.contact_pk == contact.pk, current(ContactPlace))))


def _withdraw(actor: Actor, new: Contact) -> None:
    """The contact that the move made, which nobody has touched."""
    since = select(Event.pk).where(Event.subject_kind == "contact", Event.subject_id == new.id, Event.kind != CONTACT_CAME.name)
    merged = select(Contact.pk).where(Contact.merged_pk == new.pk)
    if actor.session.scalar(since.limit(1)) is not None or actor.session.scalar(merged.limit(1)) is not None:
        raise Invalid(("", _("Something has happened to %(name)s there since. Move them back instead.", name=new.name)))
    new.removed_at = now()


def _come_back(actor: Actor, contact: Contact) -> None:
    """The place goes on from when it began: that it ended was wrong."""
    ended = actor.session.scalars(_known(ContactPlace.contact_pk == contact.pk)).all()
    for place in ended:
        place.recorded_to = now()
    actor.session.flush()
    for place in ended:
        goes_on = ContactPlace(contact_pk=contact.pk, account_pk=place.account_pk, before_pk=place.before_pk)
        goes_on.valid_from = place.valid_from
        actor.session.add(goes_on)
    actor.session.flush()


def _known(which):  # type: ignore[no-untyped-def]
    return select(ContactPlace).where(which, ContactPlace.recorded_to.is_(None))
