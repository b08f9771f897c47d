"""What of the plan is found: steps and milestones by what they are called."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel.indexing import Findable, FindableKind, findable
from workspaces.plan.models import PlanItem
from workspaces.plan.policy import May


def made(item: PlanItem) -> Findable | None:
    if item.removed_at:
        return None
    return Findable(
        kind="plan_item",
        id=item.id,
        pk=item.pk,
        audience_pk=item.audience_pk,
        account_pk=item.account_pk or 0,
        workspace_pk=item.workspace_pk,
        author_pk=item.added_by_pk,
        at=item.created_at,
        title=item.title,
        body="",
    )


def affected(session: Session, event: Any) -> Iterable[str]:
    return [event.subject_id] if event.subject_kind == "plan_item" else []


findable(FindableKind("plan_item", 6, May.READ_PLAN_ITEM, made, affected, (PlanItem.title,)))
