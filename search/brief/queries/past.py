"""The turns that an account took, and the times in which nothing was caught."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import Event
from search.brief.asked import When
from search.brief.queries.then import happened
from search.trail.queries import Line, newest
from workspaces.plan.models import MILESTONE, PlanItem

TURNS = ("account.opened", "owner.changed", "workspace.opened", "workspace.archived", "workspace.restored", "contact.left")
REACHED = "plan.done"  # of milestones
CAUGHT = ("post.created", "note.created", "file.added", "file.version")
LOOKED_AT = 5000  # events, the last ones
DAYS = 14  # shorter than this is no gap
USUAL = 3  # times the usual distance
MOST_AT = 20  # things that were caught at one moment, such as the files of one message


@dataclass(frozen=True)
class Gap:
    """From the last that was caught before it to the first after it; open where nothing has come yet."""

    since: datetime
    until: datetime | None
    before: tuple[tuple[str, str], ...]  # kind and id of what stands before it


def turns(actor: Actor, account: Account, when: When, most: int) -> list[Line]:
    """The latest, the first of them first."""
    milestones = select(PlanItem.id).where(PlanItem.account_pk == account.pk, PlanItem.kind == MILESTONE)
    reached = and_(Event.kind == REACHED, Event.subject_kind == "plan_item", Event.subject_id.in_(milestones))
    found = _of(actor, account, when, or_(Event.kind.in_(TURNS), reached))
    return newest(actor, found, most)[::-1]


def gaps(actor: Actor, account: Account, when: When, most: int) -> list[Gap]:
    """The longest of those that are longer than usual here, in the order of time; one that lasts comes last."""
    latest = (
        _of(actor, account, when, Event.kind.in_(CAUGHT)).with_only_columns(Event.at).order_by(Event.at.desc()).limit(LOOKED_AT).subquery()
    )
    day = func.date(latest.c.at)
    found = select(func.min(latest.c.at), func.max(latest.c.at)).group_by(day).order_by(func.min(latest.c.at))
    days: list[tuple[datetime, datetime]] = [tuple(row) for row in actor.session.execute(found)]
    if not days:
        return []
    between = [(ended, begins) for (_first, ended), (begins, _last) in pairwise(days)]
    usual = median([(begins - ended).days for ended, begins in between]) if between else 0
    long = max(DAYS, USUAL * usual)
    open_one = [(days[-1][1], None)] if (when.at - days[-1][1]).days >= long else []
    closed = sorted((each for each in between if (each[1] - each[0]).days >= long), key=lambda each: (each[0] - each[1], each[0]))
    told: list[tuple[datetime, datetime | None]] = [*sorted(closed[: most - len(open_one)]), *open_one]
    before = _at(actor, account, when, [since for since, _until in told])
    return [Gap(since, until, tuple(before[since])) for since, until in told]


def _at(actor: Actor, account: Account, when: When, moments: list[datetime]) -> dict[datetime, list[tuple[str, str]]]:
    """What was caught at each of these moments."""
    found = _of(actor, account, when, and_(Event.kind.in_(CAUGHT), Event.at.in_(moments))).order_by(Event.pk).limit(MOST_AT * len(moments))
    of: dict[datetime, list[tuple[str, str]]] = {at: [] for at in moments}
    for event in actor.session.scalars(found):
        of[event.at].append((event.subject_kind, event.subject_id))
    return of


def _of(actor: Actor, account: Account, when: When, which: ColumnElement[bool]) -> Select[Any]:
    return select(Event).where(Event.account_pk == account.pk, held(actor, Event.audience_pk), which, *happened(when))
