"""Messages that went elsewhere: the notices of it, where an old address leads, and who would see them in another place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.errors import Invalid, Refused
from portal.kernel.policy import allowed, fetch
from portal.kernel.prepared import prepared, present
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from workspaces.forums.attachments import PORT
from workspaces.forums.models import MERGED, MOVED, Forum, Post, Topic, Transfer
from workspaces.forums.policy import May
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries.readers import Difference, who_comes_and_goes

LINES, LATELY = 5, timedelta(days=30)
MOST = 50  # discussions to choose from
MOST_SPLIT = 500  # messages to choose from


@dataclass(frozen=True)
class Notice:
    """That messages went elsewhere, as one of the two places says it. `title` is where the sentence leads, as far as the reader may."""

    said: str
    at: datetime
    title: str = ""
    path: str = ""
    undo: str = ""


def where_now(actor: Actor, topic: Topic) -> Topic:
    """The topic itself, or what it was merged into, as far as the reader may go there."""
    if topic.merged_into is None:
        return topic
    found: Topic = fetch(actor, May.READ_TOPIC, topic.merged_into.id)
    return found


def notices(actor: Actor, topic: Topic) -> list[Notice]:
    """What has come to this topic from elsewhere, and what has gone from it, each where it belongs among the messages."""
    if not topic.knots:
        return []
    found = _transfers().where(or_(Transfer.topic_pk == topic.pk, Transfer.into_pk == topic.pk))
    transfers = list(actor.session.scalars(found.order_by(Transfer.pk)))
    if not transfers:
        return []
    topics = _readable(actor, May.READ_TOPIC, Topic, {pk for each in transfers for pk in (each.topic_pk, each.into_pk)})
    forums = _readable(actor, May.READ_FORUM, Forum, {each.forum_pk for each in transfers})
    return [_notice(each, topic, topics, forums) for each in transfers]


def lines(actor: Actor, workspace: Workspace, forum: Forum | None) -> list[Notice]:
    """What was lately here and is now elsewhere, for those who may read it there."""
    where = {"forum": forum.pk} if forum else {}
    return [_line(each) for each in _lately(actor, workspace=workspace.pk, **where).scalars()]


@prepared
def _lately(actor: Actor, *, workspace: Any, forum: Any = None) -> Select[Any]:
    found = _transfers().where(
        Transfer.workspace_pk == workspace,
        Transfer.at > present(-LATELY),
        Transfer.into_pk.in_(allowed(actor, May.READ_TOPIC).with_only_columns(Topic.pk)),
    )
    if forum is None:
        found = found.where(Transfer.kind == MERGED)
    else:
        found = found.where(Transfer.kind.in_((MOVED, MERGED)), Transfer.forum_pk == forum)
    return found.order_by(Transfer.pk.desc()).limit(LINES)


def sight(actor: Actor, topics: list[Topic], audience_pk: int) -> Difference:
    """What it would mean to put the messages of topics of one workspace under another audience: who comes or ceases to see any."""
    posts = list(actor.session.scalars(allowed(actor, May.READ_WORDS).where(Post.topic_pk.in_([topic.pk for topic in topics]))))
    files = sum(len(each) for each in PORT.of_posts(actor, posts).values())
    gains: set[int] = set()
    loses: set[int] = set()
    after = people_in(actor.session, audience_pk)
    for before_pk in {topic.audience_pk for topic in topics} - {audience_pk}:
        before = people_in(actor.session, before_pk)
        gains, loses = gains | (after - before), loses | (before - after)
    return who_comes_and_goes(actor, topics[0].workspace, gains, loses, posts=len(posts), files=files)


def mergeable(actor: Actor, topic: Topic, typed: str) -> list[Topic]:
    """The discussions that this one could be merged into, the latest first; those whose title has what was typed."""
    found = allowed(actor, May.MODERATE_TOPIC).where(Topic.workspace_pk == topic.workspace_pk, Topic.pk != topic.pk)
    if typed:
        found = found.where(func.lower(Topic.title).contains(typed.lower(), autoescape=True))
    return list(actor.session.scalars(found.order_by(Topic.last_post_at.desc(), Topic.pk.desc()).limit(MOST)))


def target(actor: Actor, topic: Topic, id: str) -> Topic:
    """The topic of an id that was chosen to merge into. Raises Invalid at `into`."""
    try:
        found: Topic = fetch(actor, May.MODERATE_TOPIC, id)
    except Refused:
        raise Invalid(("into", _("Choose another discussion of this workspace."))) from None
    if found.workspace_pk != topic.workspace_pk or found.pk == topic.pk:
        raise Invalid(("into", _("Choose another discussion of this workspace.")))
    return found


def splittable(actor: Actor, topic: Topic) -> list[Post]:
    """The messages that could be split off, oldest first; of very many the newest."""
    found = allowed(actor, May.READ_WORDS).where(Post.topic_pk == topic.pk, Post.hidden_at.is_(None)).options(joinedload(Post.author))
    return list(actor.session.scalars(found.order_by(Post.pk.desc()).limit(MOST_SPLIT)))[::-1]


def chosen(actor: Actor, topic: Topic, ids: list[str]) -> list[Post]:
    """The messages of ids. Raises Invalid at `posts` where the actor may not read one in this topic."""
    found = allowed(actor, May.READ_WORDS).where(Post.topic_pk == topic.pk, Post.id.in_(ids))
    posts = list(actor.session.scalars(found))
    if len(posts) < len(set(ids)) or not posts:
        raise Invalid(("posts", _("Choose messages of this discussion.")))
    return posts


def _transfers() -> Select[Any]:
    loaded = (joinedload(Transfer.by), joinedload(Transfer.workspace), joinedload(Transfer.topic), joinedload(Transfer.into))
    return select(Transfer).where(Transfer.undone_at.is_(None)).options(*loaded, joinedload(Transfer.forum))


def _readable(actor: Actor, verb: May, model: Any, pks: set[int]) -> set[int]:
    return set(actor.session.scalars(allowed(actor, verb).where(model.pk.in_(pks)).with_only_columns(model.pk)))


def _notice(of: Transfer, topic: Topic, topics: set[int], forums: set[int]) -> Notice:
    name = of.by.name if of.by else "Mainstay"
    if of.kind == MOVED:
        known = of.forum_pk in forums
        said = (
            _("%(name)s moved this here from %(forum)s", name=name, forum=of.forum.title)
            if known
            else _("%(name)s moved this here", name=name)
        )
        return Notice(said, of.at, undo=of.undo)
    if of.kind == MERGED:
        said = ngettext(
            "%(name)s merged “%(title)s” into this, %(num)d message",
            "%(name)s merged “%(title)s” into this, %(num)d messages",
            of.shared,
            name=name,
            title=of.topic.title,
        )
        return Notice(said, of.at, undo=of.undo)
    if of.into_pk == topic.pk:  # before the first message that came
        at = of.stood_at - timedelta(microseconds=1)
        if of.topic_pk not in topics:
            return Notice(_("%(name)s split this from another discussion", name=name), at, undo=of.undo)
        return Notice(_("%(name)s split this from", name=name), at, of.topic.title, of.topic.path, of.undo)
    if of.into_pk not in topics:
        gone = ngettext(
            "%(name)s moved %(num)d message to another discussion",
            "%(name)s moved %(num)d messages to another discussion",
            of.shared,
            name=name,
        )
        return Notice(gone, of.stood_at)
    gone = ngettext("%(name)s moved %(num)d message to", "%(name)s moved %(num)d messages to", of.shared, name=name)
    return Notice(gone, of.stood_at, of.into.title, of.into.path, of.undo)


def _line(of: Transfer) -> Notice:
    name = of.by.name if of.by else "Mainstay"
    if of.kind == MERGED:
        return Notice(_("%(name)s merged “%(title)s” into", name=name, title=of.topic.title), of.at, of.into.title, of.into.path)
    there = _("%(title)s, in %(forum)s", title=of.into.title, forum=of.into.forum.title)
    return Notice(_("%(name)s moved", name=name), of.at, there, of.into.path)
