"""What was reported, what waits before it is a message, and what was decided about either."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms.models import Workspace

KEEP, HIDE, ASK, REMOVE, PAUSE = ACTS = ("keep", "hide", "ask", "remove", "pause")  # in the order of the keys 1 to 5
WAITS = text("ruling_pk IS NULL")
APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"  # how the waiting of a first message ends


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

    @property
    def called(self) -> str:
        return self.post.topic.title


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

    @property
    def called(self) -> str:
        return self.post.topic.title


class Held(Identified, Created, Base):
    """What a client wrote first in a workspace that has such wait: no message yet. Its author and the moderators of the place see it."""

    __tablename__ = "held"
    __kind__ = "held"
    __table_args__ = (Index("ix_held_waiting", "workspace_pk", "outcome"), Index("ix_held_author", "author_pk", "workspace_pk"))

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"))
    forum_pk: Mapped[int] = mapped_column(ForeignKey("forum.pk"))
    topic_pk: Mapped[int | None] = mapped_column(ForeignKey("topic.pk"), index=True)  # none where it starts one
    author_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    title: Mapped[str] = mapped_column(String(160), default="")  # of what it starts, as its kind and tags are
    kind: Mapped[str] = mapped_column(String(12), default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    about: Mapped[str] = mapped_column(String(60), default="")  # the file that it is about, as the library names it
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)  # rendered and sanitised when written
    reply_to_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"))
    version: Mapped[int] = mapped_column(default=1)  # counts its changes, so that nobody lets through what they have not read
    outcome: Mapped[str] = mapped_column(String(10), default="")  # '' while it waits
    reason: Mapped[str] = mapped_column(String(300), default="")
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    ended_at: Mapped[datetime | None]
    post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"))  # what it has become

    workspace: Mapped[Workspace] = relationship()
    forum: Mapped[Forum] = relationship()
    topic: Mapped[Topic | None] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=author_pk)
    by: Mapped[Person | None] = relationship(foreign_keys=by_pk)
    reply_to: Mapped[Post | None] = relationship(foreign_keys=reply_to_pk)
    post: Mapped[Post | None] = relationship(foreign_keys=post_pk)
    files: Mapped[list["HeldFile"]] = relationship(order_by="HeldFile.pk")

    @property
    def path(self) -> str:
        return f"/held/{self.id}"

    @property
    def called(self) -> str:
        """The discussion that it is for, or starts."""
        return self.topic.title if self.topic is not None else self.title


class HeldFile(Identified, Created, Base):
    """A file that came with what waits; it goes out with it, under this same id."""

    __tablename__ = "held_file"
    __kind__ = "held_file"

    held_pk: Mapped[int] = mapped_column(ForeignKey("held.pk"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(120))

    held: Mapped[Held] = relationship(overlaps="files")

    @property
    def path(self) -> str:
        return f"/held/files/{self.id}"
