"""Reported messages that wait for a look, and what was decided about such."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.policy import allowed, condition
from portal.kernel.prepared import prepared
from workspaces.forums.models import Post
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.messages import Message, loading, message_of
from workspaces.moderation.models import Flag, Ruling
from workspaces.moderation.policy import May
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import Here

MOST, BEFORE = 50, 2


@dataclass
class Case:
    """A message that waits: what stands before it, who reported it and why, and what its author has done here so far."""

    message: Message
    flags: list[Flag]
    before: list[Message] = field(default_factory=list)
    written: int = 0  # messages of the author in this workspace
    earlier: list[Ruling] = field(default_factory=list)  # what was decided about the author here before

    @property
    def post(self) -> Post:
        return self.message.post


def rooms_moderated(actor: Actor) -> list[Workspace]:
    """The workspaces in which the actor moderates, by title."""
    return list(_rooms_moderated(actor).scalars())


@prepared
def _rooms_moderated(actor: Actor) -> Select[Any]:
    return allowed(actor, Rooms.MODERATE).order_by(Workspace.title, Workspace.pk)


def waiting(actor: Actor, workspace: Workspace | None = None) -> list[Case]:
    """The reported messages that wait, longest first; in one workspace or in all that the actor moderates."""
    flags: dict[int, list[Flag]] = {}
    for flag in actor.session.scalars(_open(actor, workspace).options(joinedload(Flag.reporter)).order_by(Flag.pk)):
        flags.setdefault(flag.post_pk, []).append(flag)
    found = allowed(actor, Forums.READ_POST).where(Post.pk.in_(list(flags)[:MOST])).options(*loading(), joinedload(Post.topic))
    posts = {post.pk: post for post in actor.session.scalars(found)}
    return [_case(actor, posts[pk], flags[pk]) for pk in flags if pk in posts]


def count_reports(actor: Actor, workspace: Workspace | Here | None) -> Any:
    """How many messages wait, as part of a larger question."""
    return _open(actor, workspace).with_only_columns(func.count(Flag.post_pk.distinct())).correlate(None).scalar_subquery()


def decided(actor: Actor, workspace: Workspace | None = None) -> list[Ruling]:
    """What was decided in the rooms that the actor moderates, newest first."""
    found = allowed(actor, May.READ_RULING).where(Ruling.workspace_pk.in_(moderated(actor, workspace)))
    loads = (joinedload(Ruling.post).joinedload(Post.topic), joinedload(Ruling.post).joinedload(Post.author), joinedload(Ruling.by))
    return list(actor.session.scalars(found.options(*loads, joinedload(Ruling.workspace)).order_by(Ruling.pk.desc()).limit(MOST)))


def names_reporters(actor: Actor, post: Post) -> bool:
    """Whether the actor is told by whom a message was reported: never who wrote it, though they moderate."""
    return post.author_pk != actor.pk


def moderated(actor: Actor, workspace: Workspace | Here | None) -> Select[Any]:
    """The keys of the workspaces that the actor moderates, or of this one if they do."""
    rooms = select(Workspace.pk).where(condition(actor, Rooms.MODERATE)).correlate(None)
    return rooms.where(Workspace.pk == workspace.pk) if workspace is not None else rooms


def _open(actor: Actor, workspace: Workspace | Here | None) -> Select[Any]:
    found = allowed(actor, May.RESOLVE_FLAG).where(Flag.ruling_pk.is_(None), Flag.workspace_pk.in_(moderated(actor, workspace)))
    return found.where(select(Post.pk).where(Post.pk == Flag.post_pk, Post.removed_at.is_(None)).correlate(Flag).exists())


def _case(actor: Actor, post: Post, flags: list[Flag]) -> Case:
    before = (Post.topic_pk == post.topic_pk, Post.pk < post.pk, held(actor, Post.audience_pk))
    context = allowed(actor, Forums.READ_WORDS).where(*before).order_by(Post.pk.desc()).limit(BEFORE).options(*loading())
    theirs = (Post.workspace_pk == post.workspace_pk, Post.author_pk == post.author_pk)
    written = allowed(actor, Forums.READ_POST).where(*theirs).with_only_columns(func.count(Post.pk))
    about_them = Ruling.post_pk.in_(select(Post.pk).where(*theirs))
    earlier = allowed(actor, May.READ_RULING).where(about_them, Ruling.undone_at.is_(None)).order_by(Ruling.pk.desc()).limit(5)
    return Case(
        message=message_of(actor, post, says=True),
        flags=flags,
        before=[message_of(actor, each, says=True) for each in list(actor.session.scalars(context))[::-1]],
        written=actor.session.scalar(written) or 0,
        earlier=list(actor.session.scalars(earlier.options(joinedload(Ruling.by)))),
    )
