"""What waits before it is a message, and for whom."""

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed, may
from workspaces.forums.models import Post, Topic
from workspaces.moderation.models import APPROVED, REFUSED, Held
from workspaces.moderation.policy import May
from workspaces.moderation.queries.reports import MOST, moderated
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


def due(actor: Actor, workspace: Workspace) -> bool:
    """Whether what somebody writes in this workspace waits: what clients write who do not moderate, until one of their messages was
    let through or stands there from before."""
    if not workspace.holds_first or actor.system or actor.is_staff or may(actor, Rooms.MODERATE, workspace):
        return False
    through = select(Held.pk).where(Held.author_pk == actor.pk, Held.workspace_pk == workspace.pk, Held.outcome == APPROVED)
    standing = (Post.removed_at.is_(None), Post.hidden_at.is_(None))
    wrote = select(Post.pk).where(Post.author_pk == actor.pk, Post.workspace_pk == workspace.pk, *standing)
    return not actor.session.scalar(select(or_(through.exists(), wrote.exists())))


def held_waiting(actor: Actor, workspace: Workspace | None = None) -> list[Held]:
    """What waits for the actor's decision, longest first."""
    return list(actor.session.scalars(waits(actor, workspace).options(*_loading()).order_by(Held.pk).limit(MOST)))


def held_seen(actor: Actor, workspace: Workspace) -> list[Held]:
    """What waits in a workspace and the actor may see, longest first."""
    found = allowed(actor, May.READ_HELD).where(Held.workspace_pk == workspace.pk, Held.outcome == "")
    return list(actor.session.scalars(found.options(*_loading()).order_by(Held.pk).limit(MOST)))


def held_decided(actor: Actor, workspace: Workspace | None = None) -> list[Held]:
    """What was decided about first messages in the rooms that the actor moderates, newest first."""
    found = allowed(actor, May.READ_HELD).where(Held.workspace_pk.in_(moderated(actor, workspace)), Held.outcome.in_((APPROVED, REFUSED)))
    return list(actor.session.scalars(found.options(*_loading(), joinedload(Held.by)).order_by(Held.ended_at.desc()).limit(MOST)))


def mine_in(actor: Actor, workspace: Workspace, topic: Topic | None = None) -> list[Held]:
    """What the actor wrote that waits in a topic, or as new discussions; asked only where something waits."""
    if not workspace.held_count or actor.is_staff:
        return []
    found = allowed(actor, May.READ_HELD).where(Held.author_pk == actor.pk, Held.outcome == "", Held.workspace_pk == workspace.pk)
    found = found.where(Held.topic_pk == topic.pk if topic is not None else Held.topic_pk.is_(None))
    return list(actor.session.scalars(found.options(*_loading()).order_by(Held.pk)))


def waits(actor: Actor, workspace: Any) -> Select[Any]:
    """The question of what waits for the actor's decision."""
    return allowed(actor, May.DECIDE_HELD).where(Held.outcome == "", Held.workspace_pk.in_(moderated(actor, workspace)))


def count_waits(actor: Actor, workspace: Any) -> Any:
    """How many, as part of a larger question."""
    return waits(actor, workspace).with_only_columns(func.count(Held.pk)).correlate(None).scalar_subquery()


def _loading() -> tuple[Any, ...]:
    return joinedload(Held.author), joinedload(Held.workspace), joinedload(Held.topic), joinedload(Held.forum), selectinload(Held.files)
