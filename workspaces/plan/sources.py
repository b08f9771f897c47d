"""How an event, a hit or a citation finds a step or milestone."""

from sqlalchemy.orm import joinedload

from portal.kernel.sources import Source, source
from workspaces.plan.models import PlanItem
from workspaces.plan.policy import May

source(
    Source(
        "plan_item",
        PlanItem,
        May.READ_PLAN_ITEM,
        url=lambda item: item.path,
        title=lambda item: item.title,
        options=lambda: (joinedload(PlanItem.workspace),),
    )
)
