"""What came to a member of staff, and what happened around them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from portal.accounts.models import OWNER, Account, Assignment
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import KINDS, Event, quiet_kinds
from portal.kernel.history import current
from portal.kernel.prepared import prepared, present
from portal.people.models import Person
from search.today.queries.waiting import mine
from search.trail.queries import FOLDED, Line, told, with_people

RECENT = timedelta(days=30)
JOINS = timedelta(days=7)
LINES = 15


@dataclass(frozen=True)
class Given:
    """An account that came to the reader lately, from whom and why."""

    account: Account
    path: str
    at: datetime
    was: str
    reason: str


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
    rows: Any = _since(actor, moment=moment).all()
    accounts = sorted({row[-1] for row in rows}, key=lambda account: (account.name, account.pk))
    places = {account.pk: n for n, account in enumerate(accounts)}
    lines = told(actor, (row[:-1] for row in rows))
    lines.sort(key=lambda line: places[line.event.account_pk or 0])
    by_account = groupby(lines, lambda line: places[line.event.account_pk or 0])
    return [(accounts[place], account_path(accounts[place]), list(of)) for place, of in by_account]


@prepared
def _since(actor: Actor, *, moment: Any) -> Any:
    found = _happened(actor, moment).where(Event.kind.not_in([FOLDED, "member.joined", *quiet_kinds()]), _of_others(actor))
    return with_people(found).join(Account, Account.pk == Event.account_pk).add_columns(Account).limit(LINES)


def _happened(actor: Actor, moment: Any):  # type: ignore[no-untyped-def]
    return select(Event).where(Event.account_pk.in_(mine(actor)), Event.at > moment, Event.kind.in_(KINDS), held(actor, Event.audience_pk))


def _of_others(actor: Actor) -> ColumnElement[bool]:
    return or_(Event.actor_pk.is_(None), Event.actor_pk != actor.pk)
