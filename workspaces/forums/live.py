"""Who hears what of forums as it happens: the API's JSON of the thing, with the partial that pages show."""

from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import may
from portal.web.watching import Live, Watchable, live, watchable
from workspaces.forums.events import ANSWERS
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
COUNTED = {"post.created", "post.removed", "post.restored", "post.hidden", "post.shown"}  # what is new in the workspace is more, or less


def _watching_the_topic(actor: Actor, event: Event) -> list[tuple[str, int]]:
    topic_pk = actor.session.scalar(select(Post.topic_pk).where(Post.id == event.subject_id))
    found = [("topic", topic_pk)] if topic_pk else []
    return found + watching(actor, event) if event.kind in COUNTED else found


def _post(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The post as it is now; of one that was removed or hidden no word, whoever hears it. Nothing where it is for others by now."""
    post = actor.session.scalar(select(Post).where(Post.id == event.subject_id).options(joinedload(Post.author)))
    if post is None or post.topic.removed_at is not None or post.audience_pk != event.audience_pk:
        return None
    told = posts_json(actor, [post])[0] if post.stands else silenced_json(post)
    html = render_template("forums/_post.html", m=message_of(actor, post), topic=post.topic, can=frozenset())
    return {**told, "html": html, "seq": post.seq}


def _answered(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The topic as it is now; `html` is of the message that became the answer and of the one that is it no more."""
    topic = actor.session.scalar(select(Topic).where(Topic.id == event.subject_id, Topic.removed_at.is_(None)))
    if topic is None or topic.audience_pk != event.audience_pk:
        return None
    named = [event.facts.get(name) for name in ("was", "post")]
    found = select(Post).where(Post.id.in_(named), Post.topic_pk == topic.pk, Post.audience_pk == event.audience_pk)
    posts = actor.session.scalars(found.order_by(Post.pk).options(joinedload(Post.author)))
    html = [render_template("forums/_post.html", m=message_of(actor, post), topic=topic, can=frozenset()) for post in posts]
    return {**topic_json(topic), "html": "".join(html), "seq": 1}


def _watching_it(actor: Actor, event: Event) -> list[tuple[str, int]]:
    topic_pk = actor.session.scalar(select(Topic.pk).where(Topic.id == event.subject_id))
    return [("topic", topic_pk)] if topic_pk else []


def _topic(actor: Actor, event: Event) -> dict[str, Any] | None:
    topic = actor.session.scalar(select(Topic).where(Topic.id == event.subject_id, Topic.removed_at.is_(None)))
    if topic is None or topic.audience_pk != event.audience_pk:
        return None
    html = render_template("forums/_row.html", row=Row(topic, 0, None, None), can=frozenset())
    return {**topic_json(topic), "html": html, "seq": 1}


def _where_it_was(actor: Actor, event: Event) -> list[tuple[str, int]]:
    """Pages of both topics."""
    transfer = actor.session.scalar(select(Transfer).where(Transfer.id == event.facts.get("transfer")))
    if transfer is None:
        return []
    return [("topic", transfer.topic_pk), ("topic", transfer.into_pk)]


def _went(actor: Actor, event: Event) -> dict[str, Any] | None:
    """Where the messages are now: whoever hears it may read there. `was` is the topic whose page follows."""
    transfer = actor.session.scalar(select(Transfer).where(Transfer.id == event.facts.get("transfer")))
    if transfer is None:
        return None
    now_in = transfer.topic if transfer.topic.removed_at is None else transfer.into
    html = render_template("forums/_row.html", row=Row(now_in, 0, None, None), can=frozenset())
    return {**topic_json(now_in), "was": transfer.topic.id, "html": html, "seq": 1}


def _writes(actor: Actor, topic: Topic, team: bool) -> int | None:
    """The audience of a message, or a team note, that the actor could write there. In a community, where people are seen by consent,
    no more than the team is told that one of it writes."""
    if not may(actor, May.WRITE_TEAM_NOTE if team else May.POST_MESSAGE, topic):
        return None
    return topic.team_audience_pk if team or topic.workspace.is_community else topic.audience_pk


watchable(Watchable("topic", May.READ_TOPIC, writes=_writes))
for kind, name in AS.items():
    live(kind, Live(name, _watching_the_topic, _post))
for kind in ANSWERS:
    live(kind, Live("answer.changed", _watching_it, _answered))
for kind in ("topic.moved", "topic.merged", "topic.split", "topic.parted"):
    live(kind, Live("topic.moved", _where_it_was, _went))
live("topic.created", Live("topic.created", watching, _topic))
