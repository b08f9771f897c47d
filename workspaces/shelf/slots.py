"""What the shelf shows on the library's pages, to the team alone."""

from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import may
from workspaces.library.models import File, Folder
from workspaces.shelf import queries
from workspaces.shelf.policy import May


def beside_file(actor: Actor, file: File, **context: Any) -> dict[str, Any] | None:
    """For `file.beside`: of a document on the shelf where it is placed, of a placed one what the shelf has."""
    if not actor.is_staff:
        return None
    if file.workspace.is_shelf:
        return {"places": queries.places_of(actor, file), "placement": None, "may_change": False}
    if not file.placed or (placement := queries.placement_of(actor, file)) is None:
        return None
    return {"places": [], "placement": placement, "may_change": may(actor, May.CHANGE_PLACEMENT, placement)}


def beside_adding(actor: Actor, folder: Folder, **context: Any) -> dict[str, Any] | None:
    """For `folder.adding`: the way to what is on the shelf."""
    return {} if actor.is_staff and not folder.workspace.is_shelf else None


def on_top(actor: Actor, **context: Any) -> dict[str, Any]:
    """For `shelf.top`: what it is for, and the search in it."""
    return {}
