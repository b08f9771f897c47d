"""Posts as lists."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.forums.models import Post, PostRevision, Topic
from workspaces.forums.policy import May


def with_words(actor: Actor, topic: Topic) -> Select[Any]:
    """The posts of a topic whose words the actor may read, with what showing them needs."""
    found = allowed(actor, May.READ_WORDS).where(Post.topic_pk == topic.pk)
    return found.options(joinedload(Post.author), joinedload(Post.reply_to))


def count_under(session: Session, audience_pks: Collection[int]) -> int:
    """How many messages stand under these audiences; team notes are nobody else's business."""
    standing = Post.removed_at.is_(None), Post.topic_pk.in_(select(Topic.pk).where(Topic.removed_at.is_(None)))
    found = select(func.count()).select_from(Post).where(Post.audience_pk.in_(audience_pks), Post.team.is_(False), *standing)
    return session.scalar(found) or 0


def posts_after(actor: Actor, topic: Topic, after: str | None, limit: int) -> list[Post]:
    """Oldest first, those that follow a post the actor may know of: it may have been removed since. Raises Invalid for another."""
    found = with_words(actor, topic)
    if after is not None:
        known = allowed(actor, May.READ_POST).where(Post.topic_pk == topic.pk, Post.id == after).with_only_columns(Post.pk)
        last = actor.session.scalar(known) if is_id(after) else None
        if last is None:
            raise Invalid(("after", _("This is no message of this discussion.")))
        found = found.where(Post.pk > last)
    return list(actor.session.scalars(found.order_by(Post.pk).limit(limit)))


def revisions_of(actor: Actor, post: Post) -> list[tuple[PostRevision, Person]]:
    """What a post has said, oldest first, and who saved it; for somebody who may READ_HISTORY."""
    found = (
        select(PostRevision, Person)
        .join(Person, Person.pk == PostRevision.by_pk)
        .where(PostRevision.post_pk == post.pk)
        .order_by(PostRevision.pk)
    )
    return [(revision, by) for revision, by in actor.session.execute(found)]


def before_and_after(revisions: list[tuple[PostRevision, Person]]) -> list[tuple[PostRevision, Person, bool]]:
    """Newest first, each with whether it is what the post says now."""
    return [(revision, by, n == len(revisions) - 1) for n, (revision, by) in enumerate(revisions)][::-1]
