"""What the plan shows on other features' pages."""

from typing import Any

from portal.kernel.actor import Actor
from portal.people.queries import today_of
from workspaces.plan import queries
from workspaces.plan.wording import said, short_day
from workspaces.rooms.models import Workspace

ON_HOME, DONE_ON_HOME = 4, 1


def next_on_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.plan`: the reader's own first, then what is due first, and the last that was done."""
    plan = queries.plan_of(actor, workspace)
    if not plan.steps:
        return None
    done = queries.lately_done(plan)[:DONE_ON_HOME]
    ahead = queries.next_steps(actor, plan)[: ON_HOME - len(done)]
    goal = plan.goal
    return {
        "plan": plan,
        "items": [*ahead, *done],
        "said": said(actor, [*ahead, *done]),
        "goal_day": short_day(goal.due, today_of(actor)) if goal and goal.due else "",
        "goal": goal,
        "rights": queries.rights(actor, workspace),
    }
