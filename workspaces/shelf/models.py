"""Where the documents of the shelf are placed: a file of a workspace, and the master that it comes from."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, select, true
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.library.models import File, FileVersion


class Placement(Identified, Created, Base):
    """That a file of a workspace comes from the shelf. The file is the workspace's own; this row is for the team alone."""

    __tablename__ = "placement"
    __kind__ = "placement"

    file_pk: Mapped[int] = mapped_column(ForeignKey("file.pk"), unique=True)
    master_pk: Mapped[int] = mapped_column(ForeignKey("file.pk"), index=True)
    number: Mapped[int]  # the version of the master that came last
    version_pk: Mapped[int] = mapped_column(ForeignKey("file_version.pk"))  # what the file was then; if it is another now, that is its own
    follows: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())  # else the team is asked
    kept: Mapped[int | None]  # the version of the master that the team did not want
    placed_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))

    file: Mapped[File] = relationship(foreign_keys=file_pk)
    master: Mapped[File] = relationship(foreign_keys=master_pk)
    version: Mapped[FileVersion] = relationship()
    placed_by: Mapped[Person] = relationship()

    @property
    def withdrawn_at(self) -> datetime | None:
        """When it was taken off the shelf, by itself or with its folder; None while it is there."""
        return self.master.removed_at or (self.master.folder.removed_at if self.master.folder else None)

    @property
    def withdrawn(self) -> bool:
        """Whether the shelf has it no more."""
        return self.withdrawn_at is not None

    @property
    def is_own(self) -> bool:
        """Whether the workspace made a version of its own of it."""
        return self.file.version_pk != self.version_pk

    @property
    def newer(self) -> bool:
        """Whether the shelf has another version by now."""
        return not self.withdrawn and self.master.version.number != self.number

    @property
    def asks(self) -> bool:
        """Whether the team is to say what becomes of that."""
        return self.newer and self.kept != self.master.version.number


# Known with the file itself, so that only those that come from the shelf ask for more.
_placed = select(Placement.pk).where(Placement.file_pk == File.pk).correlate_except(Placement).exists()
File.placed = column_property(_placed)
