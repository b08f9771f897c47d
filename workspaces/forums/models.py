"""Forums, topics and posts: the talk."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.content import Content
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.rooms.models import STANDS, InWorkspace, Place, Workspace

DISCUSSION, QUESTION, ANNOUNCEMENT = "discussion", "question", "announcement"
MOVED, MERGED, SPLIT = "moved", "merged", "split"  # how messages go elsewhere
ENDS = 20  # messages shown at either end of a long topic
FOLDED_FROM = 2 * ENDS
TAKEN_BACK = timedelta(seconds=10)  # what its author removes this soon was mailed to nobody yet


class Forum(Identified, Created, Place, Base):
    """A place for topics, for everyone in the workspace, its staff, or a group."""

    __tablename__ = "forum"
    __kind__ = "forum"
    __table_args__ = (
        Index(
            "uq_forum_title",
            "workspace_pk",
            "title",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
    )

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(300), default="")
    position: Mapped[int] = mapped_column(default=0)
    removed_at: Mapped[datetime | None]

    workspace: Mapped[Workspace] = relationship()

    @property
    def for_team(self) -> bool:
        """Whether only staff are meant: then a post needs no team note to be ours alone."""
        return self.open_audience_pk == self.team_audience_pk


class Topic(InWorkspace, Content, Base):
    """A conversation. It carries its forum's open audience; its posts carry that, or the team's."""

    __tablename__ = "topic"
    __kind__ = "topic"
    __bookkeeping__ = frozenset({"knots", "post_count", "last_post_at", "last_author_pk", "unanswered_since"})
    __table_args__ = (InWorkspace.one_of_its_accounts(), Index("ix_topic_list", "workspace_pk", "last_post_at"))

    forum_pk: Mapped[int] = mapped_column(ForeignKey("forum.pk"), index=True)
    team_audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"))
    author_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    title: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12), default=DISCUSSION)
    tags: Mapped[list[str]] = mapped_column(default=list)
    receipts: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # an announcement that asks who has read it
    pinned_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    locked_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    accepted_post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk", use_alter=True))
    accepted_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    removed_at: Mapped[datetime | None]
    removed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    merged_into_pk: Mapped[int | None] = mapped_column(ForeignKey("topic.pk"), index=True)  # where its messages are now, and its links lead
    # Of the shared posts that stand only: team notes must not show through.
    post_count: Mapped[int] = mapped_column(default=0)
    knots: Mapped[int] = mapped_column(default=0)  # events that its page shows between the messages
    last_post_at: Mapped[datetime]
    last_author_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    unanswered_since: Mapped[datetime | None]  # a client's last word that no staff has answered

    # What every look at a topic shows comes with it, in the same query.
    forum: Mapped[Forum] = relationship(lazy="joined", innerjoin=True)
    workspace: Mapped[Workspace] = relationship(overlaps="forum", lazy="joined", innerjoin=True)
    account: Mapped[Account | None] = relationship(primaryjoin="foreign(Topic.account_pk) == Account.pk", viewonly=True)
    author: Mapped[Person] = relationship(foreign_keys=author_pk, lazy="joined", innerjoin=True)
    last_author: Mapped[Person] = relationship(foreign_keys=last_author_pk)
    locked_by: Mapped[Person | None] = relationship(foreign_keys=locked_by_pk)
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=accepted_by_pk)
    accepted_post: Mapped["Post | None"] = relationship(foreign_keys=accepted_post_pk, viewonly=True)
    merged_into: Mapped["Topic | None"] = relationship(remote_side="Topic.pk", foreign_keys=merged_into_pk, viewonly=True)

    if TYPE_CHECKING:
        about_file: Any  # pk of the file that it was started about; the library knows

    @property
    def for_team(self) -> bool:
        return self.audience_pk == self.team_audience_pk

    @property
    def path(self) -> str:
        words = ids.words(self.title)
        return f"{self.workspace.path}discussions/{self.id}{'-' + words if words else ''}"


class Post(InWorkspace, Content, Base):
    """A message, or with the team's audience a team note. `seq` counts per topic and audience, so that gaps tell nothing."""

    __tablename__ = "post"
    __kind__ = "post"
    __table_args__ = (
        InWorkspace.one_of_its_accounts(),
        UniqueConstraint("topic_pk", "audience_pk", "seq"),
        Index("ix_post_topic", "topic_pk", "pk"),
    )

    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"))
    author_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    seq: Mapped[int]
    team: Mapped[bool] = mapped_column(Boolean, default=False)
    body: Mapped[str] = mapped_column(Text)  # Markdown as written
    html: Mapped[str] = mapped_column(Text)  # rendered and sanitised when written
    reply_to_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"))
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    hidden_at: Mapped[datetime | None]
    hidden_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    hidden_reason: Mapped[str] = mapped_column(String(300), default="")

    topic: Mapped[Topic] = relationship(foreign_keys=topic_pk, overlaps="workspace")
    workspace: Mapped[Workspace] = relationship(overlaps="topic", viewonly=True)
    author: Mapped[Person] = relationship(foreign_keys=author_pk)
    hidden_by: Mapped[Person | None] = relationship(foreign_keys=hidden_by_pk)
    removed_by: Mapped[Person | None] = relationship(foreign_keys=removed_by_pk)
    reply_to: Mapped["Post | None"] = relationship(remote_side="Post.pk", foreign_keys=reply_to_pk)
    mentions: Mapped[list["Mention"]] = relationship()

    @property
    def stands(self) -> bool:
        """Neither removed nor hidden."""
        return self.removed_at is None and self.hidden_at is None

    @property
    def taken_back(self) -> bool:
        """Removed by its author before anybody was told by mail: then no line says that it was there."""
        if self.removed_at is None or self.removed_by_pk != self.author_pk:
            return False
        return self.removed_at - self.created_at <= TAKEN_BACK

    @property
    def opens(self) -> bool:
        """Whether this is the topic's own body."""
        return self.seq == 1 and not self.team

    @property
    def answers_here(self) -> bool:
        """Whether it answers a message of the same topic: what was left behind in another may be for others."""
        return self.reply_to is not None and self.reply_to.topic_pk == self.topic_pk and (self.team or not self.reply_to.team)

    @property
    def path(self) -> str:
        """The permalink; in a long topic it also says which part to show."""
        part = f"?post={self.id}" if self.topic.post_count > FOLDED_FROM else ""
        return f"{self.topic.path}{part}#p-{self.id}"


class Transfer(Identified, Base):
    """That messages went to another place: what the notices in both say, and what taking it back goes by."""

    __tablename__ = "transfer"
    __kind__ = "transfer"

    kind: Mapped[str] = mapped_column(String(6))  # MOVED, MERGED, SPLIT
    at: Mapped[datetime]
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), index=True)  # where they were
    into_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), index=True)  # where they went; of a move the same
    forum_pk: Mapped[int] = mapped_column(ForeignKey("forum.pk"), index=True)  # and in which forums
    into_forum_pk: Mapped[int] = mapped_column(ForeignKey("forum.pk"))
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"))  # for whom the shared ones were
    posts: Mapped[list[str]] = mapped_column(default=list)  # ids; of a move none: it was all of them
    shared: Mapped[int] = mapped_column(default=0)  # how many of them are shared and stand: team notes must not show through
    stood_at: Mapped[datetime]  # when the first of them was written
    undone_at: Mapped[datetime | None]

    topic: Mapped[Topic] = relationship(foreign_keys=topic_pk)
    into: Mapped[Topic] = relationship(foreign_keys=into_pk)
    forum: Mapped[Forum] = relationship(foreign_keys=forum_pk)
    into_forum: Mapped[Forum] = relationship(foreign_keys=into_forum_pk)
    by: Mapped[Person | None] = relationship(foreign_keys=by_pk)
    workspace: Mapped[Workspace] = relationship()

    @property
    def undo(self) -> str:
        """Where taking it back is posted to."""
        return f"{self.workspace.path}transfers/{self.id}/undo"


class PostRevision(Identified, Base):
    """What a post said, each time it was saved; `event_id` names the event whose digest is of these words."""

    __tablename__ = "post_revision"

    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"), index=True)
    event_id: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime]
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    body: Mapped[str] = mapped_column(Text)


class Mention(Base):
    """Who is named in a post."""

    __tablename__ = "mention"

    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)


class Reaction(Base):
    """That a person finds a post helpful, or said so with one of a few signs."""

    __tablename__ = "reaction"

    post_pk: Mapped[int] = mapped_column(ForeignKey("post.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True, index=True)
    emoji: Mapped[str] = mapped_column(String(12), primary_key=True)
    at: Mapped[datetime]


class Following(Base):
    """Who is told of a topic's posts: whoever opened it, wrote in it or chose to; `muted` for who chose not to."""

    __tablename__ = "following"

    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True, index=True)
    muted: Mapped[bool] = mapped_column(Boolean, default=False)


class ReadMark(Base):
    """How far a person has read in a topic, per audience: the `seq` of the last post seen."""

    __tablename__ = "read_mark"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), primary_key=True)
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"), primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime]


class Receipt(Base):
    """That somebody has read an announcement that asks for it, and when first; its author and the team see it."""

    __tablename__ = "receipt"

    topic_pk: Mapped[int] = mapped_column(ForeignKey("topic.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True, index=True)
    at: Mapped[datetime]


class Draft(Identified, Base):
    """What a person has begun to write; nobody else sees it, unless it is handed over to their successor."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_pk", "place"),)

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    place: Mapped[str] = mapped_column(String(60))  # 'topic:ID', or for a topic not started yet 'workspace:ID'
    title: Mapped[str] = mapped_column(String(160), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    team: Mapped[bool] = mapped_column(Boolean, default=False)
    file_count: Mapped[int] = mapped_column(default=0, server_default="0")
    saved_at: Mapped[datetime]
    begun_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))  # who handed it over; not changed since
    begun_by: Mapped[Person | None] = relationship(foreign_keys=begun_by_pk)


class DraftFile(Identified, Created, Base):
    """A file picked for what is being written; it goes out with it, under this same id. Nobody else ever sees it."""

    __tablename__ = "draft_file"
    __kind__ = "draft_file"

    draft_pk: Mapped[int] = mapped_column(ForeignKey("draft.pk"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime: Mapped[str] = mapped_column(String(120))

    draft: Mapped[Draft] = relationship()

    @property
    def path(self) -> str:
        """Where its author looks at it, and what words that show it name until they are sent."""
        return f"/me/drafts/files/{self.id}"
