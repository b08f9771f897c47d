"""Where one meets, and the days that were agreed on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.history import as_of
from portal.kernel.policy import allowed
from search.brief.asked import When
from workspaces.plan.models import PlanDue, PlanItem
from workspaces.plan.policy import May as Plan
from workspaces.rooms.models import Workspace, WorkspaceAccount
from workspaces.rooms.policy import May as Rooms

MEETING = 6


@dataclass(frozen=True)
class Agreed:
    """A step or milestone that was not done yet, and its day."""

    item: PlanItem
    day: date


def agreed(actor: Actor, account: Account, when: When, most: int, *, late: bool = False) -> list[Agreed]:
    """What the plans had for the days to come, the next first; `late`: for days that were over, the last first."""
    day: Any = PlanDue.day
    found = (
        allowed(actor, Plan.READ_PLAN_ITEM)
        .join(PlanDue, and_(PlanDue.item_pk == PlanItem.pk, as_of(PlanDue, when.at, when.known_at)))
        .join(Workspace, Workspace.pk == PlanItem.workspace_pk)
        .where(PlanItem.account_pk == account.pk, PlanItem.created_at <= when.cut, day < when.day if late else day >= when.day)
        .where(or_(PlanItem.done_at.is_(None), PlanItem.done_at > when.cut))
        .where(or_(Workspace.archived_at.is_(None), Workspace.archived_at > when.at))
        .add_columns(day)
        .options(joinedload(PlanItem.workspace))
        .order_by(day.desc() if late else day, PlanItem.pk)
        .limit(most)
    )
    return [Agreed(item, day) for item, day in actor.session.execute(found)]


def meeting_in(actor: Actor, account: Account, when: When) -> list[Workspace]:
    """The account's workspaces and communities that were open then."""
    found = (
        allowed(actor, Rooms.READ_WORKSPACE)
        .where(Workspace.pk.in_(select(WorkspaceAccount.workspace_pk).where(WorkspaceAccount.account_pk == account.pk)))
        .where(Workspace.created_at <= when.at, or_(Workspace.archived_at.is_(None), Workspace.archived_at > when.at))
    )
    return list(actor.session.scalars(found.order_by(Workspace.title, Workspace.pk).limit(MEETING)))
