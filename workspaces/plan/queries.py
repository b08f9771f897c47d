"""What screens ask about the plan."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.history import current
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.queries import today_of
from workspaces.plan.models import DONE, MILESTONE, PlanDue, PlanItem, PlanOwner
from workspaces.plan.outlines import Line, Outline
from workspaces.plan.policy import May
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import Here

NEVER = date.max
MOST_NAMED = 200


@dataclass
class Part:
    """A milestone with the steps that lead there; without one, the steps that lead nowhere in particular."""

    milestone: PlanItem | None
    steps: list[PlanItem] = field(default_factory=list)


@dataclass
class Plan:
    """The plan of a workspace as somebody may see it."""

    parts: list[Part]
    items: list[PlanItem]

    @property
    def steps(self) -> list[PlanItem]:
        return [item for item in self.items if not item.is_milestone]

    @property
    def done(self) -> int:
        return sum(item.done for item in self.steps)

    @property
    def goal(self) -> PlanItem | None:
        """The last milestone that has a day and is not reached."""
        ahead = [item for item in self.items if item.is_milestone and item.due and not item.done]
        return max(ahead, key=lambda item: item.due or NEVER, default=None)

    @property
    def state(self) -> str:
        """Another one whenever the page would look another way."""
        told = [(item.id, item.title, item.state, item.due, item.milestone_pk, [each.pk for each in item.owners]) for item in self.items]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def shown(found: Select[Any]) -> Select[Any]:
    """With all that a line of it shows."""
    return found.options(joinedload(PlanItem.workspace), selectinload(PlanItem.owners), selectinload(PlanItem.dues))


def plan_of(actor: Actor, workspace: Workspace) -> Plan:
    """The plan, in the order in which things are due; what leads to no milestone comes last."""
    items = sorted(_items(actor, workspace=workspace.pk).scalars().unique(), key=_order)
    parts = {item.pk: Part(item) for item in items if item.is_milestone}
    loose = Part(None)
    for item in items:
        if not item.is_milestone:
            parts.get(item.milestone_pk or 0, loose).steps.append(item)
    return Plan([*parts.values(), *([loose] if loose.steps else [])], items)


@prepared
def _items(actor: Actor, *, workspace: Any) -> Select[Any]:
    return shown(allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.workspace_pk == workspace))


def next_steps(actor: Actor, plan: Plan) -> list[PlanItem]:
    """What is to be done next: the reader's own first, then by day."""
    ahead = [item for item in plan.steps if not item.done]
    return sorted(ahead, key=lambda item: (not is_mine(actor, item), *_order(item)))


def lately_done(plan: Plan) -> list[PlanItem]:
    """What was done, the latest first."""
    done = [item for item in plan.steps if item.done and item.done_at]
    return sorted(done, key=lambda item: item.done_at or now(), reverse=True)


def count_due(actor: Actor, here: Here) -> Any:
    """For the tab: how many steps are the reader's and due today or before, as a scalar select."""
    return due_for(actor, here.today).where(PlanItem.workspace_pk == here.pk).with_only_columns(func.count(PlanItem.pk)).scalar_subquery()


def due_for(actor: Actor, until: Any) -> Select[Any]:
    """Steps of the reader's own that are not done and due until a day."""
    mine = select(PlanOwner.item_pk).where(PlanOwner.person_pk == actor.pk)
    return open_until(actor, until).where(PlanItem.pk.in_(mine))


def open_until(actor: Actor, until: Any) -> Select[Any]:
    """What is not done and due until a day."""
    due = select(PlanDue.item_pk).where(current(PlanDue), PlanDue.day <= until)
    return allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.state != DONE, PlanItem.kind != MILESTONE, PlanItem.pk.in_(due))


def rights(actor: Actor, workspace: Workspace) -> dict[str, frozenset[int]]:
    """Which items of a workspace the reader may tick and change, by pk: two questions for the whole page."""
    return {
        word: frozenset(
            actor.session.scalars(allowed(actor, verb).where(PlanItem.workspace_pk == workspace.pk).with_only_columns(PlanItem.pk))
        )
        for word, verb in {"tick": May.TICK_PLAN_ITEM, "change": May.CHANGE_PLAN_ITEM}.items()
    }


def people_here(actor: Actor, workspace: Workspace) -> list[Person]:
    """Who can be asked to do something: everyone who sees the plan and whom the reader sees, clients first."""
    meant = select(holders(workspace.open_audience_pk).subquery().c.person_pk)
    found = select(Person).where(Person.pk.in_(meant), Person.suspended_at.is_(None), seen(actor, Person.pk, workspace.pk))
    found = found.order_by(Person.is_staff, Person.name, Person.pk)
    return list(actor.session.scalars(found.limit(MOST_NAMED)))


def owners_named(actor: Actor, workspace: Workspace, ids: Iterable[str]) -> list[Person]:
    """The people of these ids. Raises Invalid at `owner` for somebody who is not here."""
    wanted = set(ids)
    meant = select(holders(workspace.open_audience_pk).subquery().c.person_pk)
    found = list(
        actor.session.scalars(
            select(Person).where(Person.id.in_(wanted), Person.pk.in_(meant), Person.suspended_at.is_(None)).order_by(Person.name)
        )
    )
    if len(found) < len(wanted):
        raise Invalid(("owner", _("Choose people who are in this workspace.")))
    return found


def milestone_named(actor: Actor, workspace: Workspace, id: str | None) -> PlanItem | None:
    """The milestone of an id; None for none. Raises Invalid at `milestone`."""
    if not id:
        return None
    here = allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.workspace_pk == workspace.pk, PlanItem.kind == MILESTONE, PlanItem.id == id)
    found: PlanItem | None = actor.session.scalar(here) if is_id(id) else None
    if found is None:
        raise Invalid(("milestone", _("Choose a milestone of this plan.")))
    return found


def copyable(actor: Actor, workspace: Workspace) -> list[Workspace]:
    """Other workspaces whose plan the reader may see, to begin with a copy of it."""
    with_plan = select(PlanItem.workspace_pk).where(PlanItem.removed_at.is_(None))
    found = allowed(actor, Rooms.READ_WORKSPACE).where(Workspace.pk != workspace.pk, Workspace.pk.in_(with_plan))
    return list(actor.session.scalars(found.order_by(Workspace.title, Workspace.pk).limit(MOST_NAMED)))


def outline_of(actor: Actor, workspace: Workspace) -> Outline:
    """Another workspace's plan without its people: how many days after its first day each thing is due."""
    plan = plan_of(actor, workspace)
    first = min((item.due for item in plan.items if item.due), default=None)
    lines: list[Line] = []
    for part in sorted(plan.parts, key=lambda part: part.milestone is not None):
        for item in [part.milestone, *part.steps]:
            if item is not None:
                lines.append(Line(item.title, (item.due - first).days if item.due and first else None, item.is_milestone))
    return Outline(workspace.title, "", tuple(lines))


def is_mine(actor: Actor, item: PlanItem) -> bool:
    return any(person.pk == actor.pk for person in item.owners)


def week_ahead(actor: Actor) -> date:
    return today_of(actor) + timedelta(days=7)


def _order(item: PlanItem) -> tuple[date, int]:
    return item.due or NEVER, item.pk
