"""Who is to be silent for a while."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from workspaces.rooms.models import Pause, Workspace


def my_pause(actor: Actor, workspace: Workspace) -> Pause | None:
    """The reader's own, while it lasts."""
    if actor.is_staff or not actor.person:
        return None
    mine = select(Pause).where(standing_in(workspace), Pause.person_pk == actor.pk).options(joinedload(Pause.by))
    return actor.session.scalar(mine.limit(1))


def standing_in(workspace: Workspace) -> ColumnElement[bool]:
    """The pauses of a workspace that last; a person has one at most."""
    return and_(Pause.workspace_pk == workspace.pk, Pause.until > now(), Pause.ended_at.is_(None))
