"""How much room files take, for whoever runs the installation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workspaces.library import quotas
from workspaces.rooms.models import Workspace


def all_space(session: Session) -> list[tuple[Workspace, quotas.Room]]:
    """Every workspace with what its files take, the most first."""
    used = quotas.used_by_each().subquery()
    rows = session.execute(select(Workspace, used.c.used).outerjoin(used, used.c.workspace_pk == Workspace.pk).order_by(Workspace.pk))
    found = [(each, quotas.Room(int(size or 0), quotas.limit_of(session, each))) for each, size in rows]
    return sorted(found, key=lambda pair: -pair[1].used)


def workspace_of(session: Session, id: str) -> Workspace | None:
    return session.scalar(select(Workspace).where(Workspace.id == id))
