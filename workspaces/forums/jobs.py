"""Who is told of a post: those it names, answers or who follow the topic, as far as they may read it when they are told."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.audiences import people_in
from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.notices.actions import tell
from workspaces.forums.models import Following, Mention, Post


@on("post.created", topic="tell of posts", meaning="Posts that people are to be told of")
def tell_of_post(house: Any, event_id: str) -> None:
    """Put a new post into the inboxes of those it concerns, and have it mailed."""
    with house.db.writing() as session:
        tell_people(session, session.scalars(select(Event).where(Event.id == event_id)).one())


def tell_people(session: Session, event: Event) -> None:
    """The same in a transaction that is open already, of the event of a post."""
    post = session.scalar(select(Post).where(Post.id == event.subject_id))
    if post is None or post.removed_at or post.hidden_at:
        return
    concerned = dict.fromkeys(_followers(session, post), "follow")
    if post.reply_to is not None:
        concerned[post.reply_to.author_pk] = "reply"
    elif post.topic.author_pk in concerned:
        concerned[post.topic.author_pk] = "reply"
    concerned |= dict.fromkeys(session.scalars(select(Mention.person_pk).where(Mention.post_pk == post.pk)), "mention")
    concerned.pop(post.author_pk, None)
    meant = people_in(session, post.audience_pk)
    people = {pk: why for pk, why in concerned.items() if pk in meant}
    tell(session, event, people, thing=f"topic:{post.topic.id}", mail="talk")


def _followers(session: Any, post: Post) -> list[int]:
    return list(session.scalars(select(Following.person_pk).where(Following.topic_pk == post.topic_pk, Following.muted.is_(False))))
