"""Contacts: people at an account as the staff know them, and the part each has in the purchase."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.accounts.events import CONTACT_ADDED, CONTACT_CHANGED, ROLES_CHANGED
from portal.accounts.models import BUYING_ROLES, Account, Contact, ContactPlace, ContactRole
from portal.accounts.policy import May
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import current, end
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people.models import Person


@action(May.CHANGE_ACCOUNT)
def add_contact(
    actor: Actor,
    account: Account,
    *,
    name: str,
    email: str = "",
    title: str = "",
    phone: str = "",
    roles: list[str] | tuple[str, ...] = (),
    tags: list[str] | tuple[str, ...] = (),
) -> Contact:
    """A person at the account. Raises Invalid where another contact of the account has this address."""
    refuse_twin(actor, account.pk, email)
    person = _of_address(actor, account, email)
    contact = Contact(
        account_pk=account.pk,
        person_pk=person.pk if person else None,
        name=name,
        email=email or None,
        title=title,
        phone=phone,
        tags=sorted(set(tags)),
    )
    actor.session.add(contact)
    actor.session.flush()
    actor.session.add(ContactPlace(contact_pk=contact.pk, account_pk=account.pk))
    record_contact(actor, CONTACT_ADDED, contact, name=name)
    play(actor, contact, roles)
    return contact


@action(May.CHANGE_CONTACT)
def change_contact(actor: Actor, contact: Contact, *, roles: list[str] | None = None, **fields: Any) -> Contact:
    """Change name, email, title, phone or tags; `roles` is the whole part in the purchase from now on."""
    if "email" in fields:
        refuse_twin(actor, contact.account_pk, fields["email"], but=contact.pk)
        fields["email"] = fields["email"] or None
    if "tags" in fields:
        fields["tags"] = sorted(set(fields["tags"]))
    changed = [field for field, value in fields.items() if getattr(contact, field) != value]
    for field in changed:
        setattr(contact, field, fields[field])
    if "email" in changed and contact.person_pk is None:
        person = _of_address(actor, contact.account, contact.email or "")
        contact.person_pk = person.pk if person else None
    if changed:
        actor.session.flush()
        record_contact(actor, CONTACT_CHANGED, contact, name=contact.name, fields=[_words_for(field) for field in changed])
    if roles is not None:
        play(actor, contact, roles)
    return contact


def know_contact(actor: Actor, account: Account, person: Person) -> Contact:
    """The contact that this client is, made where there is none; for the actions that let somebody in, whose event tells of it."""
    session = actor.session
    mine = select(Contact).where(Contact.account_pk == account.pk, *here())
    found = session.scalar(mine.where(Contact.person_pk == person.pk)) or session.scalar(mine.where(Contact.email == person.email))
    found = found or merged_as(session, {account.pk}, Contact.person_pk == person.pk, Contact.email == person.email)
    if found is None:
        found = Contact(account_pk=account.pk, name=person.name, email=person.email, title=person.title, phone=person.phone, tags=[])
        session.add(found)
        session.flush()
        session.add(ContactPlace(contact_pk=found.pk, account_pk=account.pk))
    if found.person_pk is None:
        found.person_pk = person.pk
    session.flush()
    return found


def here() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a contact is still at their company, and one of its own."""
    return Contact.left_at.is_(None), Contact.removed_at.is_(None)


def merged_as(session: Session, account_pks: Iterable[int], *which: ColumnElement[bool]) -> Contact | None:
    """Whom such a contact of these accounts was merged into, if they are still there."""
    merged = select(Contact).where(Contact.account_pk.in_(account_pks), Contact.merged_pk.is_not(None), or_(*which))
    found = (contact.stands for contact in session.scalars(merged.order_by(Contact.pk.desc())))
    return next((contact for contact in found if contact.left_at is None and contact.removed_at is None), None)


def who_is(session: Session, contact: Contact) -> Contact | None:
    """Who a contact is by now, after merges and moves; None where an import that brought them was taken back."""
    for _step in range(100):
        contact = contact.stands
        if contact.left_at is None:
            return contact if contact.removed_at is None else None
        moved = select(Contact).join(ContactPlace, ContactPlace.contact_pk == Contact.pk)
        after = session.scalar(moved.where(ContactPlace.before_pk == contact.pk, ContactPlace.recorded_to.is_(None)))
        if after is None:
            return None
        contact = after
    return None


def roles_of(actor: Actor, contact: Contact) -> list[str]:
    """The part a contact has in the purchase now, in the order of BUYING_ROLES."""
    now_ = set(actor.session.scalars(select(ContactRole.role).where(ContactRole.contact_pk == contact.pk, current(ContactRole))))
    return [role for role in BUYING_ROLES if role in now_]


def play(actor: Actor, contact: Contact, roles: list[str] | tuple[str, ...]) -> None:
    """The whole part in the purchase from now on; each role that begins or ends is a fact with two clocks."""
    before = roles_of(actor, contact)
    after = [role for role in BUYING_ROLES if role in roles]
    if before == after:
        return
    held = select(ContactRole).where(ContactRole.contact_pk == contact.pk, current(ContactRole))
    for fact in actor.session.scalars(held).all():
        if fact.role not in after:
            end(actor.session, fact)
    actor.session.flush()
    actor.session.add_all(ContactRole(contact_pk=contact.pk, role=role) for role in after if role not in before)
    actor.session.flush()
    record_contact(actor, ROLES_CHANGED, contact, name=contact.name, was=before, now=after)


def refuse_twin(actor: Actor, account_pk: int, email: str | None, *, but: int = 0, field: str = "email") -> None:
    """Raise Invalid where another contact of the account has the address, or somebody has who was merged into another."""
    if not email:
        return
    twin = actor.session.scalar(select(Contact).where(Contact.account_pk == account_pk, Contact.email == email, Contact.pk != but, *here()))
    twin = twin or merged_as(actor.session, {account_pk}, and_(Contact.email == email, Contact.pk != but))
    if twin is not None and twin.pk != but:
        raise Invalid((field, _("%(name)s has this address already.", name=twin.name)))


def _of_address(actor: Actor, account: Account, email: str) -> Person | None:
    """A client of this very account who signs in with the address."""
    if not email:
        return None
    return actor.session.scalar(select(Person).where(Person.email == email, Person.account_pk == account.pk, Person.is_staff.is_(False)))


def _words_for(field: str) -> str:
    said = {
        "name": later("name"),
        "email": later("e-mail address"),
        "title": later("role at work"),
        "phone": later("phone number"),
        "tags": later("tags"),
    }
    return said[field]


def record_contact(actor: Actor, of: EventKind, contact: Contact, **facts: Any) -> None:
    account = actor.session.get_one(Account, contact.account_pk)
    record(actor, of, contact, audience_pk=account.audience_pk, account=account, facts=facts)
