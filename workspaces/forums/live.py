"""Who hears what of forums as it happens: the API's JSON of the thing, with the partial that pages show."""

from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.web.watching import Live, Watchable, live, watchable
from workspaces.forums.models import Post, Topic, Transfer
from workspaces.forums.policy import May
from workspaces.forums.queries.messages import message_of
from workspaces.forums.queries.topics import Row
from workspaces.forums.shapes import posts_json, silenced_json, topic_json
from workspaces.rooms.live import watching

AS = {
    "post.created": "post.created",
    "post.edited": "post.edited",
    "post.restored": "post.edited",
    "post.shown": "post.edited",
    "post.reacted": "post.edited",
    "post.unreacted": "post.edited",
    "post.removed": "post.removed",
    "post.hidden": "post.removed",
}


def _watching_the_topic(actor: Actor, event: Event) -> list[tuple[str, int]]:
    topic_pk = actor.session.scalar(select(Post.topic_pk).where(Post.id == event.subject_id))
    found = [("topic", topic_pk)] if topic_pk else []
    return found + watching(actor, event) if event.kind == "post.created" else found


def _post(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The post as it is now; of one that was removed or hidden no word, whoever hears it. Nothing where it is for others by now."""
    post = actor.session.scalar(select(Post).where(Post.id == event.subject_id).options(joinedload(Post.author)))
    if post is None or post.topic.removed_at is not None or post.audience_pk != event.audience_pk:
        return None
    told = posts_json(actor, [post])[0] if post.stands else silenced_json(post)
    html = render_template("forums/_post.html", m=message_of(actor, post), topic=post.topic, can=frozenset())
    return {**told, "html": html, "seq": post.seq}


def _topic(actor: Actor, event: Event) -> dict[str, Any] | None:
    topic = actor.session.scalar(select(Topic).where(Topic.id == event.subject_id, Topic.removed_at.is_(None)))
    if topic is None or topic.audience_pk != event.audience_pk:
        return None
    html = render_template("forums/_row.html", row=Row(topic, 0, None, None), can=frozenset())
    return {**topic_json(topic), "html": html, "seq": 1}


def _where_it_was(actor: Actor, event: Event) -> list[tuple[str, int] | tuple[str, int, int]]:
    """Pages of both topics; of the one that went elsewhere those that watch it for whom it was meant before."""
    transfer = actor.session.scalar(select(Transfer).where(Transfer.id == event.facts.get("transfer")))
    if transfer is None:
        return []
    return [("topic", transfer.topic_pk), ("topic", transfer.into_pk), ("topic", transfer.topic_pk, transfer.audience_pk)]


def _went(actor: Actor, event: Event) -> dict[str, Any] | None:
    """Where the messages are now: whoever hears it may read there. `was` is the topic whose page follows."""
    transfer = actor.session.scalar(select(Transfer).where(Transfer.id == event.facts.get("transfer")))
    if transfer is None:
        return None
    now_in = transfer.topic if transfer.topic.removed_at is None else transfer.into
    html = render_template("forums/_row.html", row=Row(now_in, 0, None, None), can=frozenset())
    return {**topic_json(now_in), "was": transfer.topic.id, "html": html, "seq": 1}


watchable(Watchable("topic", May.READ_TOPIC, lambda topic: {topic.audience_pk, topic.team_audience_pk}))
for kind, name in AS.items():
    live(kind, Live(name, _watching_the_topic, _post))
for kind in ("topic.moved", "topic.merged", "topic.split", "topic.parted"):
    live(kind, Live("topic.moved", _where_it_was, _went))
live("topic.created", Live("topic.created", watching, _topic))
