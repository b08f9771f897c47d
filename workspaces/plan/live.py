"""Who hears of changes of the plan as they come."""

from typing import Any

from sqlalchemy import func, select

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import allowed
from portal.web.watching import Live, live
from workspaces.plan.events import CHANGES
from workspaces.plan.models import PlanItem
from workspaces.plan.policy import May
from workspaces.plan.shapes import item_json
from workspaces.rooms.live import watching

NAMES = tuple(kind.name for kind in CHANGES)


def changed(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The item as the API has it; of one that was removed, only that."""
    item = actor.session.scalar(allowed(actor, May.READ_PLAN_ITEM).where(PlanItem.id == event.subject_id))
    if item is None or item.audience_pk != event.audience_pk:
        return None
    same = (Event.workspace_pk == event.workspace_pk, Event.audience_pk == event.audience_pk, Event.kind.in_(NAMES))
    seq = actor.session.scalar(select(func.count()).select_from(Event).where(*same, Event.pk <= event.pk)) or 0
    if item.removed_at is not None:
        return {"id": item.id, "removed": True, "seq": seq}
    return {**item_json(item), "removed": False, "seq": seq}


for name in NAMES:
    live(name, Live("plan.changed", watching, changed))
