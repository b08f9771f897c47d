"""How much room files take, for whoever runs the installation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from workspaces.library import quotas
from workspaces.rooms.models import Workspace


def all_space(session: Session) -> list[tuple[Workspace, quotas.Room]]:
    """Every workspace with what its files take, the most first."""
    found = [(each, quotas.room_of(session, each)) for each in session.scalars(select(Workspace).order_by(Workspace.pk))]
    return sorted(found, key=lambda pair: -pair[1].used)


def workspace_of(session: Session, id: str) -> Workspace | None:
    return session.scalar(select(Workspace).where(Workspace.id == id))
