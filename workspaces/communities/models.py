"""Communities: members who are introduced, two who are introduced to one another, and where newcomers are welcomed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import Workspace

ASKED, AGREED, DECLINED, MADE, WITHDRAWN = STATES = ("asked", "agreed", "declined", "made", "withdrawn")


class Introduction(Identified, Created, Base):
    """A member is introduced to a community, or two of its members to one another (`other`): proposed with some words, and only made
    once everybody whom it is about has said yes."""

    __tablename__ = "introduction"
    __kind__ = "introduction"
    __table_args__ = (Index("ix_introduction_workspace", "workspace_pk", "one_pk"),)

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"))
    one_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    other_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"), index=True)
    asked_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    words: Mapped[str] = mapped_column(Text)
    one_says: Mapped[bool | None]
    other_says: Mapped[bool | None]
    post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"))  # the message that introduced them
    made_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    workspace: Mapped[Workspace] = relationship()
    one: Mapped[Person] = relationship(foreign_keys=one_pk)
    other: Mapped[Person | None] = relationship(foreign_keys=other_pk)
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_pk)
    post: Mapped[Post | None] = relationship()

    @property
    def state(self) -> str:
        """asked, agreed (by both of two), declined, made or withdrawn."""
        if self.made_at is not None:
            return MADE
        if self.withdrawn_at is not None:
            return WITHDRAWN
        if self.one_says is False or self.other_says is False:
            return DECLINED
        return AGREED if self.other_pk is not None and self.one_says and self.other_says else ASKED

    @property
    def path(self) -> str:
        return f"{self.workspace.path}introductions/{self.id}"


class Welcome(Base):
    """The discussion of a community in which newcomers are introduced."""

    __tablename__ = "welcome"

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), primary_key=True)
    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), index=True)

    topic: Mapped[Topic] = relationship()
