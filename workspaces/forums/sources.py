"""How an event, a hit or a citation finds a topic or a post, and the words that their events' digests were made of."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.kernel import markdown
from portal.kernel.events import Event
from portal.kernel.sources import Source, source
from workspaces.forums.events import TOPIC_CHANGED, TOPIC_STARTED
from workspaces.forums.models import Post, PostRevision, Topic
from workspaces.forums.policy import May

EXCERPT = 280  # characters


def _body_said(session: Session, event: Any) -> str | None:
    """What the post said at that event, as its history has it; by way of the post, so that no event looks through all that was said."""
    its = select(PostRevision.body).join(Post, Post.pk == PostRevision.post_pk).where(Post.id == event.subject_id)
    return session.scalar(its.where(PostRevision.event_id == event.id))


def _title_said(session: Session, event: Any) -> str | None:
    """The title given by that event: for the last one of them what the topic is called now."""
    naming = select(Event.pk).where(
        Event.subject_kind == "topic", Event.subject_id == event.subject_id, Event.kind.in_((TOPIC_STARTED.name, TOPIC_CHANGED.name))
    )
    if event.words_digest is None:
        return None
    if session.scalar(naming.order_by(Event.pk.desc()).limit(1)) == event.pk:
        return session.scalar(select(Topic.title).where(Topic.id == event.subject_id))
    return event.facts.get("title")


source(
    Source(
        "topic",
        Topic,
        May.READ_TOPIC,
        url=lambda topic: topic.path,
        title=lambda topic: topic.title,
        options=lambda: (joinedload(Topic.workspace),),
        words=_title_said,
    )
)
source(
    Source(
        "post",
        Post,
        May.READ_WORDS,
        url=lambda post: post.path,
        title=lambda post: post.topic.title,
        excerpt=lambda post: markdown.plain(post.body, EXCERPT),
        options=lambda: (joinedload(Post.topic, innerjoin=True).joinedload(Topic.workspace, innerjoin=True),),
        words=_body_said,
        text=lambda post: post.body,
    )
)
