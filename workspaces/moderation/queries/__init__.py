"""What waits for a look in the rooms that somebody moderates, and what was decided there."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from workspaces.moderation.queries.held import count_waits, due, held_decided, held_seen, held_waiting, mine_in
from workspaces.moderation.queries.reports import Case, count_reports, decided, names_reporters, rooms_moderated, waiting
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import Here

__all__ = [
    "Case",
    "count_waiting",
    "decided",
    "due",
    "held_decided",
    "held_seen",
    "held_waiting",
    "mine_in",
    "names_reporters",
    "rooms_moderated",
    "waiting",
    "waits_here",
]


def count_waiting(actor: Actor, workspace: Workspace | None = None) -> int:
    """How many messages wait for the actor: reported ones, and first ones."""
    return actor.session.scalar(select(waits_here(actor, workspace))) or 0


def waits_here(actor: Actor, workspace: Workspace | Here | None) -> Any:
    """The same in one workspace, as part of a larger question."""
    return count_reports(actor, workspace) + count_waits(actor, workspace)
