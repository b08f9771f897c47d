"""What a member of staff finds in the morning: who waits, what came to them, what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import OWNER, Account, Assignment
from portal.accounts.policy import May as Accounts
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.clock import now
from portal.kernel.events import KINDS, Event, quiet_kinds
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared, present
from portal.people.models import Person
from search.trail.queries import FOLDED, Line, told, with_people
from search.trail.standing import unanswered
from workspaces.forums.models import Topic
from workspaces.rooms.policy import run_by

RECENT = timedelta(days=30)
JOINS = timedelta(days=7)
LINES, QUESTIONS = 15, 30
LATE = timedelta(days=1)


@dataclass(frozen=True)
class Given:
    """An account that came to the reader lately, from whom and why."""

    account: Account
    path: str
    at: datetime
    was: str
    reason: str


@dataclass(frozen=True)
class Question:
    """A topic whose last word is a client's."""

    topic: Topic
    late: bool
    company: str  # of whoever spoke last: in a community not always that of whoever asked


def questions(actor: Actor) -> list[Question]:
    """What waits for the reader, longest first: in workspaces they run, and of accounts they look after."""
    asked: Any = _questions(actor)
    return [
        Question(topic, topic.unanswered_since is not None and now() - topic.unanswered_since > LATE, name or "") for topic, name in asked
    ]


@prepared
def _questions(actor: Actor) -> Any:
    mine = or_(run_by(actor, Topic.workspace_pk), Topic.account_pk.in_(_mine(actor)))
    found = unanswered(actor).where(mine).options(joinedload(Topic.last_author), joinedload(Topic.account))
    speaker, company = aliased(Person), aliased(Account)  # who is in a room is known there, and so is their company
    spoke = found.join(speaker, speaker.pk == Topic.last_author_pk).outerjoin(company, company.pk == speaker.account_pk)
    return spoke.add_columns(company.name).order_by(Topic.unanswered_since, Topic.pk).limit(QUESTIONS)


def given(actor: Actor) -> list[Given]:
    """Accounts that another owner gave to the reader within 30 days and that are still theirs, newest first."""
    found: dict[int, Given] = {}
    changes: Any = _given(actor)
    for event, account in changes:
        facts = event.facts
        if account.pk not in found and facts.get("now_id") == actor.person.id and facts.get("was"):
            found[account.pk] = Given(account, account_path(account), event.at, facts["was"], facts.get("reason", ""))
    return list(found.values())


@prepared
def _given(actor: Actor) -> Any:
    return (
        select(Event, Account)
        .join(Account, Account.pk == Event.account_pk)
        .join(Assignment, Assignment.account_pk == Account.pk)
        .where(
            Event.kind == "owner.changed",
            Event.at > present(-RECENT),
            Assignment.person_pk == actor.pk,
            Assignment.role == OWNER,
            current(Assignment),
            held(actor, Event.audience_pk),
        )
        .order_by(Event.at.desc())
    )


def joins(actor: Actor) -> list[Line]:
    """Clients who came into the reader's workspaces within a week, newest first."""
    return told(actor, _joins(actor))


@prepared
def _joins(actor: Actor) -> Any:
    found = _happened(actor, present(-JOINS)).where(Event.kind == "member.joined", Event.actor_pk.is_not(None))
    clients = found.where(Event.actor_pk.in_(select(Person.pk).where(Person.is_staff.is_(False))))
    return with_people(clients).limit(6)


def since(actor: Actor, moment: datetime) -> list[tuple[Account, str, list[Line]]]:
    """What others did in the reader's accounts since a moment: by account, the newest first."""
    lines = told(actor, _since(actor, moment=moment))
    accounts = {account.pk: account for account in _accounts(actor, {line.event.account_pk for line in lines})}
    lines.sort(key=lambda line: list(accounts).index(line.event.account_pk or 0))
    return [(accounts[pk], account_path(accounts[pk]), list(of)) for pk, of in groupby(lines, lambda line: line.event.account_pk or 0)]


@prepared
def _since(actor: Actor, *, moment: Any) -> Any:
    found = _happened(actor, moment).where(Event.kind.not_in([FOLDED, "member.joined", *quiet_kinds()]), _of_others(actor))
    return with_people(found).limit(LINES)


def _happened(actor: Actor, moment: Any):  # type: ignore[no-untyped-def]
    return select(Event).where(Event.account_pk.in_(_mine(actor)), Event.at > moment, Event.kind.in_(KINDS), held(actor, Event.audience_pk))


def _of_others(actor: Actor) -> ColumnElement[bool]:
    return or_(Event.actor_pk.is_(None), Event.actor_pk != actor.pk)


def _accounts(actor: Actor, pks: Iterable[int | None]) -> list[Account]:
    return list(_readable(actor, pks=sorted(pk for pk in pks if pk is not None)).scalars())


@prepared
def _readable(actor: Actor, *, pks: Any) -> Any:
    return allowed(actor, Accounts.READ_ACCOUNT).where(Account.pk.in_(pks)).order_by(Account.name, Account.pk)


def _mine(actor: Actor):  # type: ignore[no-untyped-def]
    """The accounts the reader looks after; a manager's are those of everybody below, too."""
    if actor.person.is_manager:
        return allowed(actor, Accounts.READ_ACCOUNT).with_only_columns(Account.pk)
    return select(Assignment.account_pk).where(Assignment.person_pk == actor.pk, current(Assignment))
