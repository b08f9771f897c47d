"""A topic moved to another forum: everything in it is from then on meant for whom that forum is meant."""

from sqlalchemy import select, update

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.content import note_recorded
from portal.kernel.errors import Invalid
from portal.kernel.events import KINDS, Event
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from workspaces.forums.actions.recording import record_about
from workspaces.forums.attachments import PORT
from workspaces.forums.events import TOPIC_MOVED
from workspaces.forums.models import Forum, Post, ReadMark, Topic
from workspaces.forums.policy import May


@action(May.MODERATE_TOPIC)
def move_topic(actor: Actor, topic: Topic, *, forum: Forum) -> None:
    """Put it into another forum of its workspace; team notes stay the team's. Raises Invalid for a forum of another workspace."""
    if forum.workspace_pk != topic.workspace_pk:
        raise Invalid(("forum", _("A discussion stays in its workspace.")))
    if forum.pk == topic.forum_pk:
        return
    require(actor, May.START_TOPIC, forum)
    was = topic.forum.title
    be_for(actor, topic, forum)
    record_about(actor, TOPIC_MOVED, topic, topic, forum=forum.title, was=was)
    PORT.moved(actor, topic)


def be_for(actor: Actor, topic: Topic, forum: Forum) -> None:
    """In that forum, for whom it is meant now; whoever calls records an event that tells of the topic and of all its posts."""
    posts = list(actor.session.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk)))
    read = _read_up_to(actor, topic, posts)
    topic.forum, topic.forum_pk = forum, forum.pk
    topic.audience_pk, topic.team_audience_pk = forum.open_audience_pk, forum.team_audience_pk
    _restamp(actor, topic, posts)
    _mark_again(actor, topic, posts, read)
    _restamp_events(actor, topic, posts)
    for each in (topic, *posts):
        note_recorded(actor.session, each)


def _read_up_to(actor: Actor, topic: Topic, posts: list[Post]) -> dict[int, tuple[int, ReadMark]]:
    """person pk -> the pk of the last post they have seen, and its mark. The marks are taken away: they speak of old audiences."""
    pk_of = {(post.audience_pk, post.seq): post.pk for post in posts}
    seen: dict[int, tuple[int, ReadMark]] = {}
    for mark in actor.session.scalars(select(ReadMark).where(ReadMark.topic_pk == topic.pk)):
        last = pk_of.get((mark.audience_pk, mark.seq), 0)
        if last >= seen.get(mark.person_pk, (0, mark))[0]:
            seen[mark.person_pk] = last, mark
        actor.session.delete(mark)
    actor.session.flush()
    return seen


def _restamp(actor: Actor, topic: Topic, posts: list[Post]) -> None:
    """New audiences, and numbers that run anew in each, so that gaps tell nothing."""
    for post in posts:
        post.seq = -post.pk  # out of the way of the unique numbers
    actor.session.flush()
    last: dict[int, int] = {}
    for post in posts:
        post.audience_pk = topic.team_audience_pk if post.team else topic.audience_pk
        post.seq = last[post.audience_pk] = last.get(post.audience_pk, 0) + 1
    actor.session.flush()


def _mark_again(actor: Actor, topic: Topic, posts: list[Post], read: dict[int, tuple[int, ReadMark]]) -> None:
    for person_pk, (last_pk, mark) in read.items():
        seen = {post.audience_pk: post.seq for post in posts if post.pk <= last_pk}
        actor.session.add_all(
            ReadMark(person_pk=person_pk, topic_pk=topic.pk, audience_pk=audience_pk, seq=seq, at=mark.at)
            for audience_pk, seq in seen.items()
        )
    actor.session.flush()


def _restamp_events(actor: Actor, topic: Topic, posts: list[Post]) -> None:
    """What happened before reads on trails like the thing itself, but for what was only ever told to the team, such as a report; an
    event's audience is not part of its hash."""
    ours = Event.kind.in_([name for name, of in KINDS.items() if of.ours])
    ids: dict[int, list[str]] = {topic.audience_pk: [topic.id]}
    for post in posts:
        ids.setdefault(post.audience_pk, []).append(post.id)
    for audience_pk, subjects in ids.items():
        for start in range(0, len(subjects), 500):
            of_these = Event.subject_kind.in_(("topic", "post")), Event.subject_id.in_(subjects[start : start + 500])
            actor.session.execute(update(Event).where(*of_these, ~ours).values(audience_pk=audience_pk))
            actor.session.execute(update(Event).where(*of_these, ours).values(audience_pk=topic.team_audience_pk))
