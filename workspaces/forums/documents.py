"""What of forums is findable: posts that stand, each with its topic's title."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.kernel import markdown
from portal.kernel.events import KINDS
from portal.kernel.indexing import Findable, FindableKind, findable
from workspaces.forums.models import Forum, Post, Topic
from workspaces.forums.policy import May

WHOLE_TOPIC = frozenset({"topic.changed", "topic.tagged", "topic.moved", "topic.removed", "topic.restored"})
TWO_TOPICS = frozenset({"topic.merged", "topic.parted", "topic.split"})  # the other one is the fact `other`


def _post(post: Post) -> Findable | None:
    if not post.stands or post.topic.removed_at is not None:
        return None
    return Findable(
        kind="post",
        id=post.id,
        pk=post.pk,
        audience_pk=post.audience_pk,
        account_pk=post.account_pk or 0,
        workspace_pk=post.workspace_pk,
        author_pk=post.author_pk,
        at=post.created_at,
        # Only the message that opens a topic answers to its title: else "Agreed." would be a hit for every word of it.
        title=" ".join([post.topic.title, *post.topic.tags]) if post.opens else "",
        body=markdown.plain(post.body),
    )


def _affected(session: Session, event: Any) -> Iterable[str]:
    """The post itself; all of a topic's where its title, its place or its being there changed; a forum's that were stamped anew."""
    if event.subject_kind == "post":
        return [] if KINDS[event.kind].quiet else [event.subject_id]
    if event.kind in WHOLE_TOPIC | TWO_TOPICS:
        topics = [event.subject_id, event.facts.get("other")]
        return list(session.scalars(select(Post.id).join(Topic, Topic.pk == Post.topic_pk).where(Topic.id.in_(topics))))
    if event.kind == "forum.audience" and event.facts.get("stamped"):
        inside = select(Post.id).join(Topic, Topic.pk == Post.topic_pk).join(Forum, Forum.pk == Topic.forum_pk)
        return list(session.scalars(inside.where(Forum.id == event.subject_id, Topic.audience_pk == Forum.open_audience_pk)))
    return []


# The title of the topic that a post opens, for looking through the database.
_title = select(Topic.title).where(Topic.pk == Post.topic_pk, Post.seq == 1, Post.team.is_(False)).correlate(Post).scalar_subquery()
findable(
    FindableKind(
        "post",
        4,
        May.READ_WORDS,
        _post,
        _affected,
        (Post.body, func.coalesce(_title, "")),
        lambda: (joinedload(Post.topic, innerjoin=True),),
    )
)
