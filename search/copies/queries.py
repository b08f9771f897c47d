"""What a copy of a workspace would hold, and which copies somebody has."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.copying import Scope, chapters
from portal.kernel.policy import allowed
from search.copies.models import WorkspaceCopy
from search.copies.policy import May
from workspaces.library.copies import size_of
from workspaces.rooms.models import Workspace

SHOWN = 10  # on the page


@dataclass(frozen=True)
class Contents:
    """What would be in it: (what, how many), and how many bytes its files come to."""

    parts: list[tuple[str, int]]
    size: int


def contents(actor: Actor, workspace: Workspace) -> Contents:
    scope = Scope(workspace=workspace)
    return Contents([(made.title(), made.count(actor, scope)) for made in chapters(scope)], size_of(actor, scope))


def copies_of(actor: Actor, workspace: Workspace) -> list[WorkspaceCopy]:
    """The actor's own copies of a workspace, newest first."""
    mine = allowed(actor, May.READ_COPY).where(WorkspaceCopy.workspace_pk == workspace.pk)
    return list(actor.session.scalars(mine.order_by(WorkspaceCopy.created_at.desc(), WorkspaceCopy.pk.desc()).limit(SHOWN)))


def asked_lately(actor: Actor, workspace: Workspace) -> int:
    """How many copies of a workspace the actor has asked for within a day."""
    since = now() - timedelta(days=1)
    mine = WorkspaceCopy.person_pk == actor.pk, WorkspaceCopy.workspace_pk == workspace.pk, WorkspaceCopy.created_at > since
    return actor.session.scalar(select(func.count()).select_from(WorkspaceCopy).where(*mine)) or 0


def copy_of(actor: Actor, pk: int) -> WorkspaceCopy | None:
    """One of the actor's own."""
    found: WorkspaceCopy | None = actor.session.scalar(allowed(actor, May.READ_COPY).where(WorkspaceCopy.pk == pk))
    return found
