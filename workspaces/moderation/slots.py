"""Where others' pages lead to the queue: the inbox, and the team's part of a workspace's home."""

from typing import Any

from portal.kernel.actor import Actor
from workspaces.moderation import queries
from workspaces.rooms.models import Workspace


def beside_inbox(actor: Actor, **context: Any) -> dict[str, Any] | None:
    """For `inbox.beside`: whoever moderates a room finds the queue there."""
    return {"waits": queries.count_waiting(actor)} if queries.rooms_moderated(actor) else None


def at_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: reported messages that wait for a look, counted with what else is new here (see COUNTS)."""
    waits = context["new"].get("moderation", 0)
    return {"waits": waits, "workspace": workspace} if waits else None
