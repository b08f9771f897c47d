"""Who may take a copy of a workspace away: whoever may come in, and of what they may read."""

from sqlalchemy import and_, select

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from search.copies.models import WorkspaceCopy
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import read_workspace


class May(Verbs):
    """Verbs of copies."""

    TAKE_COPY = "Ask for a copy of what one may read of a workspace: who may come in"
    READ_COPY = "Take away a copy: whom it was made for, while they may come in"


@rule(May.TAKE_COPY, Workspace)
def take_copy(actor: Actor) -> Condition:
    return read_workspace(actor)


@rule(May.READ_COPY, WorkspaceCopy, reads=True)
def read_copy(actor: Actor) -> Condition:
    inside = select(Workspace.pk).where(read_workspace(actor))
    return and_(WorkspaceCopy.person_pk == actor.pk, WorkspaceCopy.workspace_pk.in_(inside))
