"""Files and discussions: what came with messages, what a discussion is about, and which are about a file."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.library.models import File, TopicFile
from workspaces.library.policy import May
from workspaces.library.queries.listing import shown


def any_of(post_pk: Any) -> ColumnElement[bool]:
    """The condition that a post came with files, whoever may see them."""
    return exists().where(File.post_pk == post_pk)


def of_posts(actor: Actor, posts: Iterable[Post]) -> dict[int, list[File]]:
    """post pk -> the files attached to it, in one query."""
    pks = [each.pk for each in posts]
    found: dict[int, list[File]] = {}
    if pks:
        for file in _attached(actor, posts=pks).scalars():
            found.setdefault(file.post_pk, []).append(file)
    return found


@prepared
def _attached(actor: Actor, *, posts: Any) -> Select[Any]:
    its = aliased(File)  # found first: SQLite would rather look through all files that the reader may see
    named = select(its.pk).where(its.post_pk.in_(posts))
    return shown(allowed(actor, May.READ_FILE).where(File.pk.in_(named))).order_by(File.pk)


def of_topic(actor: Actor, topic: Topic, most: int = 20) -> list[tuple[File, TopicFile | None]]:
    """The file that a topic is about, with what of it, and those attached to its posts, newest first."""
    told: Any = _of_topic(actor, topic=topic.pk, most=most).all()
    return [(file, hung) for file, hung in told]


@prepared
def _of_topic(actor: Actor, *, topic: Any, most: Any) -> Select[Any]:
    posts = select(Post.pk).where(Post.topic_pk == topic)
    about = select(TopicFile.file_pk).where(TopicFile.topic_pk == topic)
    found = shown(allowed(actor, May.READ_FILE).where(or_(File.post_pk.in_(posts), File.pk.in_(about)))).options(joinedload(File.post))
    hung = and_(TopicFile.file_pk == File.pk, TopicFile.topic_pk == topic)
    return found.outerjoin(TopicFile, hung).add_columns(TopicFile).order_by(TopicFile.topic_pk.is_(None), File.pk.desc()).limit(most)


def discussions_of(actor: Actor, file: File, most: int = 20) -> list[tuple[Topic, TopicFile]]:
    """The discussions about a file that the actor may read, the last spoken in first."""
    found = allowed(actor, Forums.READ_TOPIC).join(TopicFile, TopicFile.topic_pk == Topic.pk).where(TopicFile.file_pk == file.pk)
    rows = found.options(joinedload(Topic.workspace)).add_columns(TopicFile).order_by(Topic.last_post_at.desc(), Topic.pk).limit(most)
    return [(topic, hung) for topic, hung in actor.session.execute(rows).all()]
