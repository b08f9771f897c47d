"""How long each of ours usually takes to answer a client, from what was said lately and the reader may read."""

from datetime import datetime, timedelta
from statistics import median_high
from typing import Any

from sqlalchemy import or_, select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared, present
from portal.people.models import Person
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May
from workspaces.rooms.models import ACCOUNT, Workspace, WorkspaceAccount

LATELY = timedelta(days=30)
FEWEST = 5  # answers; fewer say nothing
LOOKED_AT, TOPICS = 400, 50  # the newest


def usual_replies(actor: Actor, workspace: Workspace) -> dict[int, timedelta]:
    """The middle of the times between a client's first word that waited and the answer to it, by pk of who gave it; in a community of
    this room alone, else of all rooms of the account. Of who gave fewer than FEWEST answers, nothing."""
    waiting: dict[int, datetime] = {}
    took: dict[int, list[timedelta]] = {}
    for topic_pk, author_pk, is_staff, at in reversed(_lately(actor, workspace=workspace.pk).all()):
        if not is_staff:
            waiting.setdefault(topic_pk, at)
        elif topic_pk in waiting:
            took.setdefault(author_pk, []).append(at - waiting.pop(topic_pk))
    return {pk: median_high(times) for pk, times in took.items() if len(times) >= FEWEST}


@prepared
def _lately(actor: Actor, *, workspace: Any) -> Any:
    its_account = _rooms_of(WorkspaceAccount.workspace_pk == workspace).with_only_columns(WorkspaceAccount.account_pk)
    beside = _rooms_of(WorkspaceAccount.account_pk.in_(its_account)).with_only_columns(WorkspaceAccount.workspace_pk)
    here = or_(Topic.workspace_pk == workspace, Topic.workspace_pk.in_(beside))
    alive = select(Topic.pk).where(here, Topic.last_post_at > present(-LATELY)).order_by(Topic.last_post_at.desc()).limit(TOPICS)
    return (
        allowed(actor, May.READ_POST)
        .join(Person, Person.pk == Post.author_pk)
        .where(Post.topic_pk.in_(alive), Post.created_at > present(-LATELY))
        .where(Post.team.is_(False), Post.removed_at.is_(None), Post.hidden_at.is_(None))
        .order_by(Post.pk.desc())
        .limit(LOOKED_AT)
        .with_only_columns(Post.topic_pk, Post.author_pk, Person.is_staff, Post.created_at)
    )


def _rooms_of(which: Any) -> Any:
    """Of rooms that are for one account alone."""
    return select(WorkspaceAccount).join(Workspace, Workspace.pk == WorkspaceAccount.workspace_pk).where(which, Workspace.kind == ACCOUNT)
