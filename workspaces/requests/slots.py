"""What others' pages show of requests: the way to ask, who waits under People, and how many on our own paper of a home."""

from typing import Any

from portal.kernel.actor import Actor
from workspaces.requests import queries
from workspaces.rooms.models import Workspace


def at_sign_in(actor: Actor, next: str = "", **context: Any) -> dict[str, Any]:
    """For `sign_in.beside`: who has no way in yet asks for one; the workspace they came from goes along."""
    return {"at": next if next.startswith("/w/") else ""}


def at_nothing(actor: Actor, status: int = 0, path: str = "", **context: Any) -> dict[str, Any] | None:
    """For `error.beside`: under an address of a workspace that is none, or is not for them, and nobody can tell which."""
    return {"at": "/".join(path.split("/")[:3]) + "/"} if status == 404 and path.startswith("/w/") else None


def among_people(actor: Actor, workspace: Workspace, tabs: dict[str, int], **context: Any) -> dict[str, Any] | None:
    """For `people.asked`: who waits for an answer; looked up where some do (see COUNTS)."""
    return {"waits": queries.waiting(actor, workspace)} if tabs.get("requests") else None


def beside_people(actor: Actor, workspace: Workspace, may_words: frozenset[str], **context: Any) -> dict[str, Any] | None:
    """For `people.beside`: who takes part and may not invite asks that a colleague is let in; those who run it look at who asked."""
    runs, proposes = "run" in may_words, "takes-part" in may_words and "invite" not in may_words and not actor.is_staff
    return {"runs": runs} if runs or proposes else None


def at_home(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any] | None:
    """For `home.team`: how many wait, counted with what else is new here (see COUNTS)."""
    waits = context["new"].get("requests", 0)
    return {"waits": waits, "workspace": workspace} if waits else None
