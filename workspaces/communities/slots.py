"""What communities show on the home of a workspace: what one is asked, and the way to the page of those who run it."""

from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import may
from workspaces.communities import queries
from workspaces.communities.policy import May
from workspaces.rooms.models import Workspace


def asked(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.asked`: introductions to say yes or no to, and one's own while one is neither introduced nor has
    written anything."""
    if not workspace.is_community or actor.is_staff or actor.viewer is not None:
        return None
    waiting = queries.asked_of_me(actor, workspace)
    own = next((row for row in waiting if row.other_pk is None), None)
    pairs = [row for row in waiting if row.other_pk is not None]
    known = own is None and queries.has_spoken(actor, workspace)
    introduces = not known and may(actor, May.INTRODUCE_ONESELF, workspace)
    introduces = introduces and not queries.introduced(actor, workspace, actor.person, or_declined=True)
    return {"own": own, "pairs": pairs, "introduces": introduces} if pairs or introduces else None


def at_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: who runs a community finds its page there."""
    return {"workspace": workspace} if workspace.is_community and may(actor, May.FACILITATE, workspace) else None
