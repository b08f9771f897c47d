"""Who of other accounts would talk with somebody of this one, each with why they are named, and what was asked of whom."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.keeping_apart import kept_from
from portal.accounts.models import Account, AccountTag, Contact
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.policy import Condition, allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.references.models import AGREED, ASKED, DECLINED, OFTEN, Reference, ReferenceRequest
from workspaces.references.policy import May, willing

MOST = 300  # looked at for one account
A_PAGE = 50
CHOICES = 12
QUARTER = timedelta(days=91)
LATELY = timedelta(days=60)  # who was asked since then comes last
BETWEEN = timedelta(days=90)  # before who said no to a company is asked for it again
Praises = Callable[[Actor, list[int]], dict[int, "Praise"]]
PRAISES: dict[str, Praises] = {}  # what these people praised, by their pk, of what the actor may read; by feature


@dataclass(frozen=True)
class Praise:
    """Something that a client praised: their words, and where they stand."""

    words: str
    url: str
    at: datetime


@dataclass(frozen=True)
class Times:
    """How often a reference was asked for a talk, in all and in this quarter, and when last."""

    all: int = 0
    quarter: int = 0
    last: datetime | None = None


@dataclass
class Line:
    """A reference with why they are named for an account, and what stands against asking them."""

    reference: Reference
    industry: bool = False
    region: bool = False
    tags: list[str] = field(default_factory=list)
    praise: Praise | None = None
    times: Times = Times()
    apart: str | None = None  # why the companies must not meet; empty where nobody wrote why
    open: bool = False  # they are asked for this account already
    declined: bool = False  # they said no to it of late

    @property
    def lately(self) -> bool:
        return self.times.last is not None and self.times.last > now() - LATELY

    @property
    def full(self) -> bool:
        return full(self.reference, self.times)

    @property
    def blocked(self) -> bool:
        """Whether they cannot be asked for this account now."""
        return self.apart is not None or self.full or self.open or self.declined

    @property
    def rank(self) -> tuple[Any, ...]:
        """Whom to ask first; who cannot be asked, or was lately, comes last."""
        fits = (not self.industry, -len(self.tags), not self.region, self.praise is None)
        return (self.blocked, self.lately, *fits, self.times.all, self.reference.person.name, self.reference.pk)


def is_open(row: ReferenceRequest) -> bool:
    """Whether it waits for the reference's word, or to be brought about."""
    return row.state in (ASKED, AGREED)


def refused_lately(row: ReferenceRequest) -> bool:
    return row.state == DECLINED and row.answered_at is not None and row.answered_at > now() - BETWEEN


def full(reference: Reference, times: Times) -> bool:
    """Whether they were asked as often this quarter as they want to be."""
    return reference.terms == OFTEN and times.quarter >= (reference.most or 0)


def who_agreed(actor: Actor) -> Select[Any]:
    """Those of whom the actor may know who said yes, and are still at the company for which they said it."""
    return allowed(actor, May.READ_REFERENCE).where(willing(Reference))


def still_agrees(actor: Actor, reference: Reference) -> bool:
    """Whether such a reference is one of them."""
    return actor.session.scalar(who_agreed(actor).where(Reference.pk == reference.pk)) is not None


def found(actor: Actor, account: Account, *, industry: str = "", tag: str = "", whom: str = "") -> list[Line]:
    """Those of other accounts that the actor may read who would talk with somebody of this one, whom to ask first first: of an
    industry, of a tag, or the one of this id."""
    here = who_agreed(actor).where(Reference.account_pk != account.pk)
    if industry:
        here = here.where(Reference.account_pk.in_(select(Account.pk).where(_is(Account.industry, industry))))
    if tag:
        here = here.where(Reference.account_pk.in_(select(AccountTag.account_pk).where(_is(AccountTag.name, tag))))
    if whom:
        here = here.where(Reference.id == whom)
    loads = joinedload(Reference.person), joinedload(Reference.account).selectinload(Account.tags)
    known = list(actor.session.scalars(here.options(*loads).order_by(Reference.said_at.desc(), Reference.pk).limit(MOST)))
    if not known:
        return []
    praises = {pk: praise for told in PRAISES.values() for pk, praise in told(actor, [row.person_pk for row in known]).items()}
    times = times_asked(actor, [row.pk for row in known])
    apart = {each.other.pk: each.reason for each in kept_from(actor, account) if each.other is not None}
    asked = asked_for(actor, account, [row.pk for row in known])
    open_ = {row.reference_pk for row in asked if is_open(row)}
    declined = {row.reference_pk for row in asked if refused_lately(row)}
    mine = {tag.name.lower() for tag in account.tags}
    lines = [
        Line(
            row,
            industry=_same(row.account.industry, account.industry),
            region=_same(row.account.region, account.region),
            tags=[tag.name for tag in row.account.tags if tag.name.lower() in mine],
            praise=praises.get(row.person_pk),
            times=times.get(row.pk, Times()),
            apart=apart.get(row.account_pk),
            open=row.pk in open_,
            declined=row.pk in declined,
        )
        for row in known
    ]
    return sorted(lines, key=lambda line: line.rank)


def choices(actor: Actor, account: Account) -> tuple[list[str], list[str]]:
    """The industries and the tags of the accounts in which there is somebody to be found for this one, the first of each."""
    there = who_agreed(actor).where(Reference.account_pk != account.pk).with_only_columns(Reference.account_pk)
    industry, tag = Account.industry, AccountTag.name
    industries = select(industry).where(Account.pk.in_(there), industry != "").distinct().order_by(industry).limit(CHOICES)
    tags = select(tag).where(AccountTag.account_pk.in_(there)).distinct().order_by(tag).limit(CHOICES)
    return sorted(actor.session.scalars(industries)), sorted(actor.session.scalars(tags))


def times_asked(actor: Actor, references: list[int]) -> dict[int, Times]:
    """By the pk of each reference; what was taken back does not count. One query."""
    made = ReferenceRequest.created_at
    lately = func.count().filter(made > now() - QUARTER)
    counted = select(ReferenceRequest.reference_pk, func.count(), lately, func.max(made)).where(
        ReferenceRequest.reference_pk.in_(references), ReferenceRequest.withdrawn_at.is_(None)
    )
    rows = actor.session.execute(counted.group_by(ReferenceRequest.reference_pk))
    return {pk: Times(all_, quarter, last) for pk, all_, quarter, last in rows}


def asked_for(actor: Actor, account: Account, references: list[int]) -> list[ReferenceRequest]:
    """All that was asked of these references for an account."""
    asked = select(ReferenceRequest).where(ReferenceRequest.account_pk == account.pk, ReferenceRequest.reference_pk.in_(references))
    return list(actor.session.scalars(asked.order_by(ReferenceRequest.pk)))


def requests(actor: Actor, account: Account) -> list[ReferenceRequest]:
    """What was asked for an account, of what the actor may know, the latest first."""
    asked = allowed(actor, May.READ_REFERENCE_REQUEST).where(ReferenceRequest.account_pk == account.pk)
    return list(actor.session.scalars(asked.options(*loading()).order_by(ReferenceRequest.pk.desc()).limit(A_PAGE)))


def asked_of_me(actor: Actor) -> list[ReferenceRequest]:
    """The talks one was asked for oneself, the latest first."""
    mine = select(Reference.pk).where(Reference.person_pk == actor.pk)
    asked = allowed(actor, May.READ_REFERENCE_REQUEST).where(ReferenceRequest.reference_pk.in_(mine))
    return list(actor.session.scalars(asked.options(*loading()).order_by(ReferenceRequest.pk.desc()).limit(A_PAGE)))


def account_of(actor: Actor) -> Account:
    """The company for which one speaks: where one is now. Of several the one that waits for an answer, then the one for which one spoke
    last, then the one of one's sign-in; who is nowhere any more speaks for where they were."""
    here = select(Contact.account_pk).where(Contact.person_pk == actor.pk, Contact.left_at.is_(None), Contact.removed_at.is_(None))
    said = {row.account_pk: row for row in actor.session.scalars(select(Reference).where(Reference.person_pk == actor.pk))}
    own = actor.person.account_pk
    places = set(actor.session.scalars(here)) or ({own} if own is not None else set(said))

    def rank(pk: int) -> tuple[Any, ...]:
        row = said.get(pk)
        return row is not None and row.waits, row.said_at.timestamp() if row and row.said_at else 0.0, pk == own, pk

    return actor.session.get_one(Account, max(places, key=rank))


def of_oneself(actor: Actor) -> Reference | None:
    """What one said, or is asked, for the company at which one is."""
    mine = select(Reference).where(Reference.person_pk == actor.pk, Reference.account_pk == account_of(actor).pk)
    return actor.session.scalar(mine.options(joinedload(Reference.asked_by), joinedload(Reference.account)))


def of_contact(actor: Actor, contact: Contact) -> Reference | None:
    """What somebody of an account said, or is asked, for who may know."""
    theirs = allowed(actor, May.READ_REFERENCE).where(Reference.person_pk == contact.person_pk, Reference.account_pk == contact.account_pk)
    row: Reference | None = actor.session.scalar(theirs.options(joinedload(Reference.asked_by)))
    return row


def contact_of(actor: Actor, reference: Reference) -> Contact | None:
    """Who they are among the people of their account, for ours."""
    theirs = Contact.person_pk == reference.person_pk, Contact.account_pk == reference.account_pk
    there = Contact.left_at.is_(None), Contact.removed_at.is_(None)
    row: Contact | None = actor.session.scalar(allowed(actor, Accounts.READ_CONTACT).where(*theirs, *there).limit(1))
    return row


def could_talk(actor: Actor, account: Account) -> list[Contact]:
    """The people of an account who can be introduced to somebody, by name."""
    here = allowed(actor, Accounts.READ_CONTACT).where(Contact.account_pk == account.pk, can_be_reached())
    return list(actor.session.scalars(here.order_by(func.lower(Contact.name), Contact.pk).limit(200)))


def can_be_reached() -> Condition:
    """Of a contact: that they are still at their account, and a letter gets to them."""
    gone = exists().where(Person.pk == Contact.person_pk, Person.suspended_at.is_not(None), Person.imported.is_(False))
    address = or_(Contact.email.is_not(None), Contact.person_pk.is_not(None))
    return and_(Contact.left_at.is_(None), Contact.removed_at.is_(None), address, ~gone)


def reachable(actor: Actor, contact: Contact) -> str | None:
    """The address that reaches a contact at their account, or whom they were merged into there; None where nothing does any more."""
    here = Contact.pk == contact.stands.pk, Contact.account_pk == contact.account_pk
    row = actor.session.scalar(select(Contact).where(*here, can_be_reached()))
    if row is None:
        return None
    return row.person.email if row.person is not None else row.email


def reference_named(actor: Actor, id: str) -> Reference:
    """The reference of an id whom the actor may ask. Raises Invalid where there is none for them."""
    row: Reference | None = actor.session.scalar(who_agreed(actor).where(Reference.id == id)) if is_id(id) and actor.is_staff else None
    if row is None:
        raise Invalid(("reference", _("Choose somebody who agreed to be a reference.")))
    return row


def contact_named(actor: Actor, account: Account, id: str) -> Contact:
    """Who would talk with them. Raises Invalid where it is nobody of the account with an address."""
    mine = allowed(actor, Accounts.READ_CONTACT).where(Contact.account_pk == account.pk, Contact.id == id, can_be_reached())
    row: Contact | None = actor.session.scalar(mine) if is_id(id) else None
    if row is None:
        raise Invalid(("contact", _("Choose somebody of this account who has an e-mail address.")))
    return row


def loading() -> tuple[Any, ...]:
    return (
        joinedload(ReferenceRequest.reference).options(joinedload(Reference.person), joinedload(Reference.account)),
        joinedload(ReferenceRequest.account),
        joinedload(ReferenceRequest.contact),
        joinedload(ReferenceRequest.asked_by),
    )


def _is(column: Any, said: str) -> Condition:
    """In whatever case; as it stands where the database knows no small letter of it."""
    return or_(column == said, func.lower(column) == said.lower())


def _same(one: str, other: str) -> bool:
    return bool(one) and one.lower() == other.lower()
