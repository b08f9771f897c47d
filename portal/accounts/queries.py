"""What screens ask about accounts. Every read starts from `allowed`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from portal.accounts.models import (
    BUYING_ROLES,
    FIELDS,
    OWNER,
    Account,
    AccountDomain,
    AccountFact,
    AccountName,
    AccountTag,
    Assignment,
    Contact,
    ContactPlace,
    ContactRole,
)
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import Event
from portal.kernel.history import as_of, current
from portal.kernel.ids import is_id
from portal.kernel.names import key
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.people.models import Person

MOST_CHOICES = 2000  # of a list that somebody chooses from
MOST_FORMER = 100


@dataclass(frozen=True)
class Team:
    """Who looks after an account at one moment."""

    owner: Person | None = None
    since: datetime | None = None  # when the owner took over
    members: tuple[Person, ...] = ()

    @property
    def everybody(self) -> tuple[Person, ...]:
        return ((self.owner,) if self.owner else ()) + self.members


@dataclass(frozen=True)
class ContactLine:
    """A contact with the part they have in the purchase at one moment, and when they were last heard of."""

    contact: Contact
    roles: tuple[str, ...] = ()
    last: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """An account's fields at one moment, as we know or knew them."""

    fields: dict[str, Any] = field(default_factory=dict)


def found(actor: Actor, *, q: str = "", tag: str = "", owner: str = "") -> Select[Any]:
    """The accounts the actor may read, by a part of name or another name (*GTXPro* finds *GTX Pro*), tag, owner or mail
    domain; an exact tag; an owner's id or address."""
    accounts = allowed(actor, May.READ_ACCOUNT).options(
        selectinload(Account.tags), selectinload(Account.domains), selectinload(Account.aliases)
    )
    for word in q.split()[:8]:
        accounts = accounts.where(_has(word))
    if tag:
        accounts = accounts.where(Account.pk.in_(select(AccountTag.account_pk).where(func.lower(AccountTag.name) == tag.lower())))
    if owner:
        which = Person.id == owner if is_id(owner) else Person.email == owner.strip().lower()
        accounts = accounts.where(Account.pk.in_(_owned(which)))
    return accounts


def _has(word: str) -> ColumnElement[bool]:
    def like(column: Any) -> ColumnElement[bool]:
        return func.lower(column).contains(word.lower(), autoescape=True)

    return or_(
        like(Account.name),
        like(Account.industry),
        Account.pk.in_(select(AccountTag.account_pk).where(like(AccountTag.name))),
        Account.pk.in_(select(AccountDomain.account_pk).where(like(AccountDomain.name))),
        Account.pk.in_(select(AccountName.account_pk).where(AccountName.key.contains(key(word), autoescape=True))),
        Account.pk.in_(_owned(like(Person.name))),
    )


def _owned(which: ColumnElement[bool]) -> Select[Any]:
    """The accounts that somebody owns now."""
    return (
        select(Assignment.account_pk)
        .join(Person, Person.pk == Assignment.person_pk)
        .where(Assignment.role == OWNER, current(Assignment), which)
    )


def teams(session: Session, accounts: Iterable[Account], at: datetime | None = None, known_at: datetime | None = None) -> dict[int, Team]:
    """Who looks after each account, by its pk; now, or as it was at a moment. One query."""
    pks = [account.pk for account in accounts]
    told = current(Assignment) if at is None else as_of(Assignment, at, known_at)
    rows = session.scalars(
        select(Assignment).where(Assignment.account_pk.in_(pks), told).options(joinedload(Assignment.person)).order_by(Assignment.pk)
    ).all()
    made: dict[int, Team] = {}
    for pk in pks:
        mine = [row for row in rows if row.account_pk == pk]
        first = next((row for row in mine if row.role == OWNER), None)
        members = tuple(sorted((row.person for row in mine if row.role != OWNER), key=lambda person: person.name))
        made[pk] = Team(first.person if first else None, first.valid_from if first else None, members)
    return made


def team(actor: Actor, account: Account, at: datetime | None = None, known_at: datetime | None = None) -> Team:
    """Who looks after one account."""
    return teams(actor.session, [account], at, known_at)[account.pk]


def standing(actor: Actor, account: Account, at: datetime, known_at: datetime | None = None) -> Standing | None:
    """The account's fields, tags and domains at a moment, as we know today or knew at `known_at`; None before there was one."""
    told = select(AccountFact).where(AccountFact.account_pk == account.pk, as_of(AccountFact, at, known_at))
    facts = {fact.field: fact.value for fact in actor.session.scalars(told)}
    if "name" not in facts:
        return None
    return Standing({name: facts.get(name, "") for name in FIELDS} | {name: facts.get(name, []) for name in ("tags", "domains", "aliases")})


def contacts(actor: Actor, account: Account, at: datetime | None = None, known_at: datetime | None = None) -> list[ContactLine]:
    """The account's contacts, those with a part in the purchase first; as of `at`, those known by then. One query."""
    told = current(ContactRole) if at is None else as_of(ContactRole, at, known_at)
    found_ = (
        allowed(actor, May.READ_CONTACT)
        .where(Contact.account_pk == account.pk, _here_at(account, at, known_at))
        .outerjoin(ContactRole, and_(ContactRole.contact_pk == Contact.pk, told))
        .options(contains_eager(Contact.roles), joinedload(Contact.person))
        .order_by(Contact.name, Contact.pk)
    )
    rows = actor.session.scalars(found_.execution_options(populate_existing=True)).unique()
    lines = [ContactLine(row, tuple(role for role in BUYING_ROLES if role in {fact.role for fact in row.roles})) for row in rows]
    return sorted(lines, key=lambda line: (not line.roles, line.contact.name.lower()))


def _here_at(account: Account, at: datetime | None, known_at: datetime | None) -> ColumnElement[bool]:
    """The contact is at the account now; or was at a moment, as we know or knew it."""
    if at is None:
        return and_(Contact.left_at.is_(None), Contact.removed_at.is_(None))
    there = select(ContactPlace.contact_pk).where(ContactPlace.account_pk == account.pk, as_of(ContactPlace, at, known_at))
    return Contact.pk.in_(there)


@dataclass(frozen=True)
class Former:
    """Somebody who was at an account: from when until when, and who they are now, where the reader may know."""

    contact: Contact
    since: datetime
    until: datetime
    now: Contact | None = None
    may_restore: bool = False


def former(actor: Actor, account: Account) -> list[Former]:
    """Those who moved to another company, the latest first. Four queries."""
    left = allowed(actor, May.READ_CONTACT).where(
        Contact.account_pk == account.pk, Contact.left_at.is_not(None), Contact.removed_at.is_(None)
    )
    gone = list(actor.session.scalars(left.order_by(Contact.left_at.desc(), Contact.pk).limit(MOST_FORMER)))
    if not gone:
        return []
    pks = [contact.pk for contact in gone]
    known = ContactPlace.recorded_to.is_(None)
    began = select(ContactPlace.contact_pk, func.min(ContactPlace.valid_from)).where(ContactPlace.contact_pk.in_(pks), known)
    since: dict[int, datetime] = dict(actor.session.execute(began.group_by(ContactPlace.contact_pk)).all())
    followed = select(ContactPlace.before_pk, ContactPlace.contact_pk).where(ContactPlace.before_pk.in_(pks), known)
    after: dict[int, int] = dict(actor.session.execute(followed).all())  # type: ignore[arg-type]
    there = allowed(actor, May.READ_CONTACT).where(Contact.pk.in_(set(after.values()))).options(joinedload(Contact.account))
    now_ = {contact.pk: contact.stands for contact in actor.session.scalars(there)}
    restorable = set(actor.session.scalars(allowed(actor, May.RESTORE_CONTACT).where(Contact.pk.in_(pks)).with_only_columns(Contact.pk)))
    return [
        Former(each, since.get(each.pk, each.created_at), each.left_at, now_.get(after.get(each.pk, 0)), each.pk in restorable)
        for each in gone
        if each.left_at
    ]


def merged_into(actor: Actor, contact: Contact) -> list[Contact]:
    """Who turned out to be this contact."""
    return list(actor.session.scalars(allowed(actor, May.READ_CONTACT).where(Contact.merged_pk == contact.pk).order_by(Contact.pk)))


def could_be(actor: Actor, contact: Contact) -> list[Contact]:
    """Whom a contact could be merged with: the others of the account, and who has the same address or name elsewhere."""
    same = [func.lower(Contact.name) == contact.name.lower()] + ([Contact.email == contact.email] if contact.email else [])
    found = allowed(actor, May.CHANGE_CONTACT).where(Contact.pk != contact.pk, or_(Contact.account_pk == contact.account_pk, *same))
    here = (Contact.account_pk != contact.account_pk, func.lower(Contact.name), Contact.pk)
    return list(actor.session.scalars(found.options(joinedload(Contact.account)).order_by(*here).limit(MOST_CHOICES)))


def changeable(actor: Actor, account: Account) -> list[Account]:
    """The other accounts whose team one is on, by name."""
    others = allowed(actor, May.CHANGE_ACCOUNT).where(Account.pk != account.pk)
    return list(actor.session.scalars(others.order_by(func.lower(Account.name), Account.pk).limit(MOST_CHOICES)))


def last_heard(actor: Actor, account: Account) -> dict[int, datetime]:
    """When each person was last heard of in this account, by their pk, in what the actor may see; whoever turned out to be another
    contact counts as that one. One query."""
    found: Any = _last_heard(actor, account=account.pk)
    return dict(found.all())


@prepared
def _last_heard(actor: Actor, *, account: Any) -> Any:
    merged, winner = aliased(Contact), aliased(Contact)
    who = func.coalesce(winner.person_pk, Event.actor_pk)
    return (
        select(who, func.max(Event.at))
        .outerjoin(merged, and_(merged.account_pk == account, merged.merged_pk.is_not(None), merged.person_pk == Event.actor_pk))
        .outerjoin(winner, winner.pk == merged.merged_pk)
        .where(Event.account_pk == account, Event.actor_pk.is_not(None), held(actor, Event.audience_pk))
        .group_by(who)
    )


def with_last(actor: Actor, account: Account, lines: list[ContactLine]) -> list[ContactLine]:
    """The same lines, with when each was last heard of."""
    heard = last_heard(actor, account)
    return [ContactLine(line.contact, line.roles, heard.get(line.contact.person_pk or 0)) for line in lines]


def last_happened(actor: Actor, accounts: list[Account]) -> dict[int, datetime]:
    """When anything last happened in each account, by its pk, of what the actor may see. One query."""
    found: Any = _last_happened(actor, accounts=[account.pk for account in accounts])
    return dict(found.all())


@prepared
def _last_happened(actor: Actor, *, accounts: Any) -> Any:
    happened = select(Event.account_pk, func.max(Event.at)).where(Event.account_pk.in_(accounts), held(actor, Event.audience_pk))
    return happened.group_by(Event.account_pk)


def with_lists(actor: Actor, account: Account) -> Account:
    """The account with its domains, other names and tags, which are few, in one query instead of three."""
    return _with_lists(actor, account=account.pk).unique().scalar_one()


@prepared
def _with_lists(actor: Actor, *, account: Any) -> Select[Any]:
    lists = joinedload(Account.domains), joinedload(Account.aliases), joinedload(Account.tags)
    found = allowed(actor, May.READ_ACCOUNT).where(Account.pk == account).options(*lists)
    return found.execution_options(populate_existing=True)


def tags_in_use(actor: Actor) -> list[str]:
    """The tags of the accounts the actor may read, the most used first; at most 12."""
    return list(_tags_in_use(actor).scalars())


@prepared
def _tags_in_use(actor: Actor) -> Select[Any]:
    readable = allowed(actor, May.READ_ACCOUNT).with_only_columns(Account.pk)
    used = select(AccountTag.name).where(AccountTag.account_pk.in_(readable)).group_by(AccountTag.name)
    return used.order_by(func.count().desc(), AccountTag.name).limit(12)


def could_own(actor: Actor) -> list[Person]:
    """The staff who can look after accounts, by name."""
    return list(
        actor.session.scalars(
            select(Person).where(Person.is_staff.is_(True), Person.suspended_at.is_(None)).order_by(Person.name, Person.pk)
        )
    )


def to_be_given(actor: Actor, person: Person) -> list[Account]:
    """The accounts this person owns that the actor may give to somebody else, by name."""
    mine = allowed(actor, May.GIVE_ACCOUNT).where(Account.pk.in_(_owned(Person.pk == person.pk)))
    return list(actor.session.scalars(mine.order_by(Account.name, Account.pk)))
