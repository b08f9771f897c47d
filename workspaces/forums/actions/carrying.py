"""What goes along where messages go elsewhere: how far people have read, who follows, drafts, entries of inboxes, events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update

from portal.kernel.actor import Actor
from portal.kernel.events import KINDS, Event
from portal.notices.actions import regroup
from workspaces.forums.models import MERGED, Draft, Following, Post, PostRevision, ReadMark, Topic, Transfer

Notes = bool  # whether of team notes, or of what is shared: each is read on its own


@dataclass
class Reading:
    """How far a person has read in what goes elsewhere: the pk of the first message that is new to them, of either kind."""

    at: datetime
    first: dict[Notes, int] = field(default_factory=dict)


def posts_of(actor: Actor, topic: Topic) -> list[Post]:
    """All of a topic's, in the order in which they were written."""
    return list(actor.session.scalars(select(Post).where(Post.topic_pk == topic.pk).order_by(Post.pk)))


def take_marks(actor: Actor, topics: list[Topic], posts: list[Post]) -> dict[int, Reading]:
    """person pk -> how far they have read. The marks are taken away: they speak of old places and audiences.

    Of two topics that become one the first message that is new in either counts: rather is something new twice than read by nobody.
    """
    marks: dict[int, dict[tuple[int, int], int]] = {}
    reading: dict[int, Reading] = {}
    for mark in actor.session.scalars(select(ReadMark).where(ReadMark.topic_pk.in_([topic.pk for topic in topics]))):
        marks.setdefault(mark.person_pk, {})[mark.topic_pk, mark.audience_pk] = mark.seq
        known = reading.setdefault(mark.person_pk, Reading(mark.at))
        known.at = max(known.at, mark.at)
        actor.session.delete(mark)
    actor.session.flush()
    for person_pk, read in reading.items():
        for post in posts:
            if post.author_pk != person_pk and post.seq > marks[person_pk].get((post.topic_pk, post.audience_pk), 0):
                read.first.setdefault(post.team, post.pk)
    return reading


def mark_again(actor: Actor, topic: Topic, posts: list[Post], reading: dict[int, Reading]) -> None:
    """Marks in the numbers that the posts have now."""
    for person_pk, read in reading.items():
        seen: dict[int, int] = {}
        over: set[int] = set()  # audiences in which something new has come
        for post in posts:
            if post.author_pk != person_pk and post.pk >= read.first.get(post.team, post.pk + 1):
                over.add(post.audience_pk)
            elif post.audience_pk not in over:
                seen[post.audience_pk] = post.seq
        actor.session.add_all(
            ReadMark(person_pk=person_pk, topic_pk=topic.pk, audience_pk=audience_pk, seq=seq, at=read.at)
            for audience_pk, seq in seen.items()
        )
    actor.session.flush()


def follow_on(actor: Actor, topic: Topic, other: Topic) -> None:
    """Who follows one is told of the other too; who has chosen there already, or muted what is merged, is left alone."""
    known = set(actor.session.scalars(select(Following.person_pk).where(Following.topic_pk == other.pk)))
    theirs = select(Following.person_pk, Following.muted).where(Following.topic_pk == topic.pk)
    for person_pk, muted in actor.session.execute(theirs).all():
        if person_pk not in known and not (muted and topic.merged_into_pk):
            actor.session.add(Following(topic_pk=other.pk, person_pk=person_pk, muted=muted))
    actor.session.flush()


def bring_drafts(actor: Actor, topic: Topic, into: Topic) -> None:
    """What somebody has begun to write goes on there, unless they have begun something there too: then both stay on their list."""
    taken = select(Draft.person_pk).where(Draft.place == f"topic:{into.id}")
    begun = select(Draft).where(Draft.place == f"topic:{topic.id}", Draft.person_pk.not_in(taken))
    for draft in actor.session.scalars(begun):
        draft.place = f"topic:{into.id}"


def regroup_notices(actor: Actor, posts: Iterable[Post], places: dict[int, Topic]) -> None:
    """Entries of inboxes stand under the topic that their message is in now."""
    gone: dict[tuple[int, str], list[str]] = {}
    for post in posts:
        there = places.get(post.pk)
        if there is not None and there.pk != post.topic_pk:
            gone.setdefault((post.topic_pk, there.id), []).append(post.id)
    for (was_pk, into), ids in gone.items():
        was = actor.session.get_one(Topic, was_pk)
        regroup(actor.session, f"topic:{was.id}", f"topic:{into}", ids, mail="talk")


def restamp_events(actor: Actor, topic: Topic, posts: list[Post]) -> None:
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


def written_since(actor: Actor, posts: list[Post], moment: datetime) -> bool:
    """Whether any of these has been written or changed since then."""
    pks = [post.pk for post in posts]
    steps = (pks[start : start + 500] for start in range(0, len(pks), 500))
    later = (select(PostRevision.pk).where(PostRevision.post_pk.in_(step), PostRevision.at > moment).limit(1) for step in steps)
    return any(actor.session.scalar(each) is not None for each in later)


def merged_into(actor: Actor, topic: Topic) -> list[Topic]:
    """The topics whose addresses lead to this one."""
    return list(actor.session.scalars(select(Topic).where(Topic.merged_into_pk == topic.pk)))


def merged_before(actor: Actor, topic: Topic, into: Topic) -> list[Topic]:
    """Of those that lead to `into` now the ones that had been merged into the topic first."""
    before = select(Transfer.topic_pk).where(Transfer.into_pk == topic.pk, Transfer.kind == MERGED, Transfer.undone_at.is_(None))
    return list(actor.session.scalars(select(Topic).where(Topic.merged_into_pk == into.pk, Topic.pk.in_(before))))
