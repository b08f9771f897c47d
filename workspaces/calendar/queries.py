"""What stands in a person's calendar: what they may see of the plans at the moment of asking."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.people.models import Person
from portal.people.queries import today_of
from workspaces.calendar.models import CalendarFeed
from workspaces.plan.events import DUE_CHANGED, REMOVED, RENAMED, RESTORED
from workspaces.plan.models import MILESTONE, PlanDue, PlanItem, PlanOwner
from workspaces.plan.policy import May
from workspaces.plan.queries import shown

PAST = timedelta(days=180)  # how far back it goes
GONE = timedelta(days=60)  # how long it says that something was taken away
MOST = 1000
COUNTED = [kind.name for kind in (DUE_CHANGED, RENAMED, REMOVED, RESTORED)]  # each is another version for calendar programs


@dataclass(frozen=True)
class Version:
    """How often an entry was changed, and when last."""

    number: int
    at: datetime


def feed_of(actor: Actor) -> CalendarFeed | None:
    """One's own address, if there is one."""
    return actor.session.scalar(select(CalendarFeed).where(CalendarFeed.person_pk == actor.pk))


def whose(session: Session, feed_id: str) -> CalendarFeed | None:
    """The address of an id, of somebody who may sign in."""
    found = select(CalendarFeed).join(Person, Person.pk == CalendarFeed.person_pk)
    return session.scalar(found.where(CalendarFeed.id == feed_id, Person.suspended_at.is_(None)))


def entries(actor: Actor, *, whole: bool) -> list[PlanItem]:
    """What has a day, of half a year back and all that is ahead."""
    since = today_of(actor) - PAST
    due = select(PlanDue.item_pk).where(current(PlanDue), PlanDue.day >= since)
    found = shown(allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.pk.in_(due), *_ones_own(actor, whole)))
    return list(actor.session.scalars(found.order_by(PlanItem.due.desc(), PlanItem.pk).limit(MOST)).unique())


def taken_away(actor: Actor, *, whole: bool) -> list[Any]:
    """(id, the last day it had) of what had a day and lost it, or was removed, lately: what it was called is not told any more."""
    has_day = select(PlanDue.item_pk).where(current(PlanDue))
    lost = or_(PlanItem.removed_at > now() - GONE, and_(PlanItem.removed_at.is_(None), PlanItem.pk.not_in(has_day)))
    last = select(func.max(PlanDue.pk)).where(PlanDue.item_pk == PlanItem.pk).correlate(PlanItem).scalar_subquery()
    found = select(PlanItem.id, PlanDue.day).join(PlanDue, PlanDue.pk == last)
    known = found.where(held(actor, PlanItem.audience_pk), lost, PlanDue.recorded_from > now() - PAST, *_ones_own(actor, whole))
    return list(actor.session.execute(known.order_by(PlanItem.pk).limit(MOST)).all())


def _ones_own(actor: Actor, whole: bool) -> list[Any]:
    mine = select(PlanOwner.item_pk).where(PlanOwner.person_pk == actor.pk)
    return [] if whole else [or_(PlanItem.pk.in_(mine), PlanItem.kind == MILESTONE)]


def versions(actor: Actor, ids: list[str]) -> dict[str, Version]:
    """By id of the entry. Every change counts one, so that a number never comes again."""
    changes = func.sum(case((Event.kind.in_(COUNTED), 1), else_=0))
    found = select(Event.subject_id, changes, func.max(Event.at)).where(Event.subject_kind == "plan_item", Event.subject_id.in_(ids))
    rows = actor.session.execute(found.where(held(actor, Event.audience_pk)).group_by(Event.subject_id))
    return {id: Version(int(number or 0), at) for id, number, at in rows}
