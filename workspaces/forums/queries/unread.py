"""What is new for a reader: exact, and only of what they may see."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select, union
from sqlalchemy.orm import aliased

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed, condition
from portal.notices.models import MUTED, Level
from workspaces.forums.models import Following, Post, ReadMark, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import Here


def unread(actor: Actor) -> ColumnElement[bool]:
    """The condition on posts: by somebody else, standing, and beyond the reader's mark in the post's audience. To who looks as another
    nothing is new: the marks of whose eyes they borrow are nobody's business."""
    if actor.viewer is not None:
        return false()
    seen = exists().where(
        ReadMark.person_pk == actor.pk,
        ReadMark.topic_pk == Post.topic_pk,
        ReadMark.audience_pk == Post.audience_pk,
        ReadMark.seq >= Post.seq,
    )
    standing = and_(Post.removed_at.is_(None), Post.hidden_at.is_(None))
    return and_(condition(actor, May.READ_POST), Post.author_pk != actor.pk, standing, ~seen)


def counted(actor: Actor) -> ColumnElement[bool]:
    """Likewise, those in what the reader muted aside: this is what numbers and dots are made of."""
    return and_(unread(actor), ~_muted(actor))


def with_news(actor: Actor, *, new: Callable[[Actor], ColumnElement[bool]] = counted) -> Select[Any]:
    """Of a question about topics, the pks of those in which something is new for the reader: looked at topic by topic, since a list of
    all would be made of every message there is."""
    return select(Post.topic_pk).where(Post.topic_pk == Topic.pk, new(actor)).correlate(Topic)


def unread_posts(actor: Actor, workspace: Here) -> ScalarSelect[int]:
    """How many posts of a workspace are new for the reader, those in what they muted aside; to be asked with something else."""
    talks, mark = _talks(workspace), aliased(ReadMark)
    beyond = func.coalesce(mark.seq, 0)  # by it the posts are found; whether they are unread is said by `unread` alone
    marks = and_(mark.person_pk == actor.pk, mark.topic_pk == talks.c.topic_pk, mark.audience_pk == talks.c.audience_pk)
    posts = and_(Post.topic_pk == talks.c.topic_pk, Post.audience_pk == talks.c.audience_pk, Post.seq > beyond)
    new = select(func.count(Post.pk)).select_from(talks).outerjoin(mark, marks).join(Post, posts)
    return new.where(counted(actor)).scalar_subquery()


def _talks(workspace: Here) -> Any:
    """What can be read on its own in a workspace: each topic with each of its two audiences, from where on a reader's marks count."""
    shared = select(Topic.pk.label("topic_pk"), Topic.audience_pk).where(Topic.workspace_pk == workspace.pk)
    team = select(Topic.pk, Topic.team_audience_pk).where(Topic.workspace_pk == workspace.pk)
    return union(shared, team).subquery()


def next_unread(actor: Actor, workspace: Workspace | None = None) -> Topic | None:
    """The discussion, of a workspace or of all, whose news have waited longest."""
    found = allowed(actor, May.READ_TOPIC).where(Topic.pk.in_(with_news(actor)))
    if workspace is not None:
        found = found.where(Topic.workspace_pk == workspace.pk)
    return actor.session.scalar(found.order_by(Topic.last_post_at, Topic.pk).limit(1))


def unanswered_topics(actor: Actor) -> Select[Any]:
    """The discussions in which a client's last word waits for one of ours, longest waiting first."""
    return allowed(actor, May.READ_TOPIC).where(Topic.unanswered_since.is_not(None)).order_by(Topic.unanswered_since, Topic.pk)


def _muted(actor: Actor) -> ColumnElement[bool]:
    """The condition on posts: in a discussion that the reader muted, or in a workspace they muted and of the discussion said nothing."""
    topics = select(Following.topic_pk).where(Following.person_pk == actor.pk, Following.muted.is_(True))
    said = Level.person_pk == actor.pk
    places = (
        select(Workspace.pk).join(Level, Workspace.id == func.substr(Level.thing, len("workspace:") + 1)).where(said, Level.level == MUTED)
    )
    spoken_of = select(Topic.pk).join(Level, Topic.id == func.substr(Level.thing, len("topic:") + 1)).where(said)
    return or_(Post.topic_pk.in_(topics), and_(Post.workspace_pk.in_(places), Post.topic_pk.not_in(spoken_of)))
