"""What others' pages show of requests: the way to ask, who waits under People, and how many on our own paper of a home."""

from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import may
from workspaces.requests import queries
from workspaces.requests.policy import May
from workspaces.rooms.models import Workspace


def at_sign_in(actor: Actor, next: str = "", **context: Any) -> dict[str, Any]:
    """For `sign_in.beside`: who has no way in yet asks for one; the workspace they came from goes along."""
    return {"at": next if next.startswith("/w/") else ""}


def at_nothing(actor: Actor, status: int = 0, path: str = "", **context: Any) -> dict[str, Any] | None:
    """For `error.beside`: under an address of a workspace that is none, or is not for them, and nobody can tell which."""
    return {"at": "/".join(path.split("/")[:3]) + "/"} if status == 404 and path.startswith("/w/") else None


def among_people(actor: Actor, workspace: Workspace, may_run: bool, **context: Any) -> dict[str, Any] | None:
    """For `people.asked`: who waits for an answer, and for those who run it whom they refused for good."""
    if actor.viewer is not None:
        return None
    waits = queries.waiting(actor, workspace)
    barred = queries.refused_for_good(actor, workspace) if may_run else []
    return {"waits": waits, "barred": barred} if waits or barred else None


def beside_people(actor: Actor, workspace: Workspace, may_invite: bool, **context: Any) -> dict[str, Any] | None:
    """For `people.beside`: who may not invite asks that a colleague is let in."""
    if may_invite or actor.is_staff or actor.viewer is not None:
        return None
    return {"workspace": workspace} if may(actor, May.PROPOSE_COLLEAGUE, workspace) else None


def at_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: how many wait, counted with what else is new here (see COUNTS)."""
    waits = context["new"].get("requests", 0)
    return {"waits": waits, "workspace": workspace} if waits else None
