"""Copies of workspaces that people asked for: for each one person, made once, kept for a week."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.rooms.models import Workspace


class WorkspaceCopy(Identified, Created, Base):
    """What one person could read of a workspace when it was made. `told_sha256` is the list of what is in it: it can be taken away
    only while they may still read all of that."""

    __tablename__ = "workspace_copy"
    __kind__ = "copy"
    __table_args__ = (Index("ix_workspace_copy_whose", "person_pk", "workspace_pk", "created_at"),)

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    made_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    taken_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))  # gone once it has expired
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    told_sha256: Mapped[str | None] = mapped_column(String(64))
    told_size: Mapped[int] = mapped_column(BigInteger, default=0)

    workspace: Mapped[Workspace] = relationship()
    person: Mapped[Person] = relationship()

    @property
    def state(self) -> str:
        """making, ready, failed or over."""
        if self.failed_at is not None:
            return "failed"
        if self.made_at is None:
            return "making"
        return "ready" if self.sha256 and self.expires_at is not None and self.expires_at > now() else "over"

    @property
    def path(self) -> str:
        return f"{self.workspace.path}export/{self.id}"
