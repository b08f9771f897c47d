"""Who is to be silent for a while."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from workspaces.rooms.models import Pause, Workspace


def my_pause(actor: Actor, workspace: Workspace) -> Pause | None:
    """The reader's own, while it lasts."""
    if actor.is_staff or not actor.person:
        return None
    found: Pause | None = actor.session.scalar(_standing(workspace).where(Pause.person_pk == actor.pk).limit(1))
    return found


def pauses(actor: Actor, workspace: Workspace) -> dict[int, Pause]:
    """Everybody's, by person: for moderators."""
    return {pause.person_pk: pause for pause in actor.session.scalars(_standing(workspace))}


def _standing(workspace: Workspace) -> Select[Any]:
    standing = (Pause.workspace_pk == workspace.pk, Pause.until > now(), Pause.ended_at.is_(None))
    return select(Pause).where(*standing).options(joinedload(Pause.by))
