"""What was reported, and what was decided about it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.forums.models import Post
from workspaces.rooms.models import Workspace

KEEP, HIDE, ASK, REMOVE, PAUSE = ACTS = ("keep", "hide", "ask", "remove", "pause")  # in the order of the keys 1 to 5
WAITS = text("ruling_pk IS NULL")


class Ruling(Identified, Created, Base):
    """What somebody decided about a message that was reported; its author reads the reason."""

    __tablename__ = "ruling"
    __kind__ = "ruling"

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"), index=True)
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    action: Mapped[str] = mapped_column(String(10))  # of ACTS
    reason: Mapped[str] = mapped_column(String(300), default="")
    until: Mapped[datetime | None]  # of a pause
    hid: Mapped[bool] = mapped_column(default=False)  # whether it was this that hid the message
    undone_at: Mapped[datetime | None]
    undone_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    workspace: Mapped[Workspace] = relationship()
    post: Mapped[Post] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=by_pk)
    undone_by: Mapped[Person | None] = relationship(foreign_keys=undone_by_pk)

    @property
    def path(self) -> str:
        return f"/rulings/{self.id}"


class Flag(Identified, Created, Base):
    """A message somebody reported, and why. Moderators see by whom; who wrote the message never does."""

    __tablename__ = "flag"
    __kind__ = "flag"
    __table_args__ = (
        Index("uq_flag_waiting", "post_pk", "reporter_pk", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        Index("ix_flag_waiting", "workspace_pk", "ruling_pk"),
    )

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"))
    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"))
    reporter_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    ruling_pk: Mapped[int | None] = mapped_column(ForeignKey("ruling.pk"), index=True)  # none while it waits

    workspace: Mapped[Workspace] = relationship()
    post: Mapped[Post] = relationship()
    reporter: Mapped[Person] = relationship()
    ruling: Mapped[Ruling | None] = relationship()

    @property
    def path(self) -> str:
        return f"/flags/{self.id}"
