"""What others' pages show of promises: on the home of a workspace, beside a discussion, on an account's trail."""

from typing import Any

from portal.kernel.actor import Actor
from portal.people.queries import today_of
from search.promises import queries
from search.promises.models import CONTESTED, OPEN, Promise
from search.promises.policy import May
from search.promises.wording import said
from workspaces.rooms.models import Workspace

ON_HOME = 3


def at_home(actor: Actor, workspace: Workspace, new: dict[str, int], **context: Any) -> dict[str, Any] | None:
    """For `home.promises`: to clients what is still to be kept of what was promised to them, looked up where there is some (see COUNTS)."""
    if actor.is_staff or not new.get("promises"):
        return None
    today = today_of(actor)
    waiting = queries.found(actor, today, workspace=workspace).where(Promise.state.in_((OPEN, CONTESTED)))
    shown = queries.listed(actor, waiting, most=ON_HOME)
    return {
        "promises": shown,
        "said": {promise.pk: said(actor, promise, today) for promise in shown},
        "settles": queries.rights(actor, shown, May.JUDGE_PROMISE),
        "all": new["promises"],
    }


def of_team(actor: Actor, workspace: Workspace, new: dict[str, int], **context: Any) -> dict[str, Any]:
    """For `home.team`: the way to what was promised and asked here, and how much of it waits."""
    return {"waits": new.get("promises", 0)}
