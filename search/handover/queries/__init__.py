"""What pages ask of handovers."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account, AccountDomain
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from search.handover.models import ACCOUNT, REVERSIBLE, Handover, HandoverItem
from search.handover.policy import May


def listed() -> Any:
    """With what a line shows, to be refined."""
    return joinedload(Handover.leaver), joinedload(Handover.successor), joinedload(Handover.by), selectinload(Handover.items)


def known(actor: Actor) -> Select[Any]:
    """Those that one may know of."""
    return allowed(actor, May.READ_HANDOVER).options(*listed())


def waiting(actor: Actor) -> list[Handover]:
    """Those that wait for the actor's decision, the oldest first."""
    return list(actor.session.scalars(allowed(actor, May.DECIDE_HANDOVER).options(*listed()).order_by(Handover.pk)))


def received(actor: Actor) -> list[Handover]:
    """What came to the actor within 30 days and was not taken back, the latest first."""
    mine = Handover.to_pk == actor.pk, Handover.done_at > now() - REVERSIBLE, Handover.reversed_at.is_(None)
    return list(actor.session.scalars(known(actor).where(*mine).order_by(Handover.pk.desc())))


def leaver_named(actor: Actor, told: str) -> Person:
    """Of whom somebody may hand over what they hold, by id or address. For anybody else there is nobody of that name: NotFound."""
    which = Person.id == told if is_id(told) else Person.email == told.strip().lower()
    found: Person | None = actor.session.scalar(allowed(actor, May.PROPOSE_HANDOVER).where(which))
    if found is None:
        raise NotFound
    return found


def accounts_named(actor: Actor, leaver: Person, ids: list[str]) -> list[Account]:
    """Of those that the actor may know of. Raises Invalid where one is not among them."""
    if not ids:
        return []
    asked = allowed(actor, Accounts.KNOW_ACCOUNT).where(Account.id.in_(ids))
    found = list(actor.session.scalars(asked))
    if len(found) < len(set(ids)):
        raise Invalid(("accounts", _("Choose among the accounts that hang on %(name)s.", name=leaver.name)))
    return found


def accounts_called(actor: Actor, told: str) -> list[Account]:
    """The accounts of this id, name or mail domain that the actor may know of; two are too many already."""
    of_domain = select(AccountDomain.account_pk).where(AccountDomain.name == told.lower())
    meant = or_(Account.id == told, func.lower(Account.name) == told.lower(), Account.pk.in_(of_domain))
    return list(actor.session.scalars(allowed(actor, Accounts.KNOW_ACCOUNT).where(meant, Account.removed_at.is_(None)).limit(2)))


def nameable(actor: Actor, handover: Handover) -> list[HandoverItem]:
    """Its items whose account the actor may know of, and those of none."""
    pks = {item.account_pk for item in handover.items if item.account_pk}
    may_know = set(actor.session.scalars(allowed(actor, Accounts.KNOW_ACCOUNT).where(Account.pk.in_(pks)).with_only_columns(Account.pk)))
    return [item for item in handover.items if item.account_pk is None or item.account_pk in may_know]


def accounts_of(items: list[HandoverItem]) -> list[Account]:
    """The accounts that a handover moved, by name."""
    found = {item.account.pk: item.account for item in items if item.account is not None and item.kind in (ACCOUNT, "team", "deputy")}
    return sorted(found.values(), key=lambda account: (account.name.lower(), account.pk))


def could_receive(actor: Actor, leaver: Person) -> list[Person]:
    """The staff who can look after accounts, but for who hands over."""
    staff = select(Person).where(Person.is_staff.is_(True), Person.suspended_at.is_(None), Person.pk != leaver.pk)
    return list(actor.session.scalars(staff.order_by(Person.name, Person.pk)))


def chosen(actor: Actor, handover: Handover) -> list[Account]:
    """The accounts that were chosen and that the actor may know of, by name."""
    found = allowed(actor, Accounts.KNOW_ACCOUNT).where(Account.id.in_(handover.chosen))
    return list(actor.session.scalars(found.order_by(Account.name, Account.pk))) if handover.chosen else []
