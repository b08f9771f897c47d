"""Where a reader stands in a topic: what they may do, how far they have read, what they have begun to write. One query."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, literal, or_, select, true
from sqlalchemy.orm import aliased

from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.policy import condition
from portal.kernel.prepared import prepared
from portal.notices.models import ALL, MENTIONS, MINE, MUTED, Level, Wishes
from portal.people.models import Person
from workspaces.forums.models import Draft, Following, Post, ReadMark, Topic
from workspaces.forums.policy import May
from workspaces.forums.queries.unread import unread
from workspaces.rooms.models import Pin
from workspaces.rooms.policy import open_for_writing, run_by

# Words for `data-only` and for templates: what the reader may do in this topic.
WORDS = {
    "write": May.POST_MESSAGE,
    "note": May.WRITE_TEAM_NOTE,
    "change": May.CHANGE_TOPIC,
    "moderate": May.MODERATE_TOPIC,
    "answer": May.ACCEPT_ANSWER,
    "receipts": May.SEE_RECEIPTS,
}
STARTS = ("feature", "featured")  # whether they choose what is under Start here, and whether it is there
HOW = {ALL: "follow", MENTIONS: "neither", MUTED: "mute"}


@dataclass(frozen=True)
class Bearings:
    """`first_unread` is a pk; the counts are of people, oneself aside where they are told."""

    can: frozenset[str]
    following: str  # follow, mute, neither
    first_unread: int | None
    read_at: datetime | None
    readers: int
    told: int
    told_of_notes: int
    draft: Draft | None


def bearings(actor: Actor, topic: Topic, archived: bool) -> Bearings:
    """Ask everything about the reader at once."""
    place = f"topic:{topic.id}"
    around = f"workspace:{topic.workspace.id}"
    row = _asked(actor, topic=topic.pk, place=place, around=around, audience=topic.audience_pk, team=topic.team_audience_pk).one()._mapping
    can = {word for word in (*WORDS, *STARTS) if row[word]} | ({"staff"} if actor.is_staff else set())
    if not archived:
        can.add(f"author:{actor.person.id}")
    return Bearings(
        can=frozenset(can),
        following=_following(row["muted"], row["said"], row["said_around"]),
        first_unread=row["first_unread"],
        read_at=row["read_at"],
        readers=row["readers"],
        told=row["told"],
        told_of_notes=row["told_of_notes"],
        draft=row["Draft"],
    )


@prepared
def _asked(actor: Actor, *, topic: Any, place: Any, around: Any, audience: Any, team: Any) -> Any:
    marks = select(func.max(ReadMark.at)).where(ReadMark.topic_pk == topic, ReadMark.person_pk == actor.pk)
    first = select(func.min(Post.pk)).where(Post.topic_pk == topic, unread(actor))
    mine = aliased(Following)
    meant = holders(audience).cte("meant")
    things = place, around
    notes = _told(actor, topic, things, audience, holders(team).cte("meant_by_notes")) if actor.is_staff else literal(0)
    return (
        select(
            *(condition(actor, verb).label(word) for word, verb in WORDS.items()),
            and_(run_by(actor, Topic.workspace_pk), open_for_writing(Topic.workspace_pk)).label("feature"),
            _pinned().label("featured"),
            mine.muted.label("muted"),
            _said(actor, place).label("said"),
            _said(actor, around).label("said_around"),
            marks.scalar_subquery().label("read_at"),
            first.scalar_subquery().label("first_unread"),
            select(func.count(meant.c.person_pk.distinct())).scalar_subquery().label("readers"),
            _told(actor, topic, things, audience, meant).label("told"),
            notes.label("told_of_notes"),
            Draft,
        )
        .select_from(Topic)
        .outerjoin(mine, and_(mine.topic_pk == Topic.pk, mine.person_pk == actor.pk))
        .outerjoin(Draft, and_(Draft.person_pk == actor.pk, Draft.place == place))
        .where(Topic.pk == topic)
    )


def _following(muted: bool | None, said: str | None, said_around: str | None) -> str:
    """What was said of the topic counts, then what of its workspace, then whether they follow it."""
    if muted:
        return "mute"
    told = said or said_around
    return HOW[told] if told else "neither" if muted is None else "follow"


def _pinned() -> Any:
    return select(Pin.kind).where(Pin.kind == "topic", Pin.thing == Topic.id, Pin.workspace_pk == Topic.workspace_pk).exists()


def _said(actor: Actor, thing: Any) -> Any:
    return select(Level.level).where(Level.person_pk == actor.pk, Level.thing == thing).scalar_subquery()


def _told(actor: Actor, topic: Any, things: tuple[Any, Any], shared: Any, meant: Any) -> Any:
    """How many others would be told of a message that names and answers nobody, of those who are meant by an audience of the topic: what
    forums/jobs.py answers once it is there. `things` are where people say how much they want to hear, the narrowest first; `shared` is
    the audience of the topic's shared posts.

    Whoever writes a team note follows, too: of staff, clients count those who have said something to them, or hear all without following.
    """
    follows, said, said_around = aliased(Following), aliased(Level), aliased(Level)
    level = case((follows.muted, MUTED), else_=func.coalesce(said.level, said_around.level, Wishes.level, MINE))
    opened = select(Topic.author_pk).where(Topic.pk == topic).scalar_subquery()  # it answers them, while they follow
    spoke = select(Post.author_pk).where(Post.topic_pk == topic, Post.audience_pk == shared)
    return (
        select(func.count())
        .select_from(Person)
        .outerjoin(follows, and_(follows.person_pk == Person.pk, follows.topic_pk == topic))
        .outerjoin(said, and_(said.person_pk == Person.pk, said.thing == things[0]))
        .outerjoin(said_around, and_(said_around.person_pk == Person.pk, said_around.thing == things[1]))
        .outerjoin(Wishes, Wishes.person_pk == Person.pk)
        .where(
            Person.pk.in_(select(meant.c.person_pk)),
            Person.pk != actor.pk,
            true() if actor.is_staff else or_(Person.is_staff.is_(False), level == ALL, Person.pk.in_(spoke)),
            or_(level == ALL, and_(follows.person_pk.is_not(None), or_(level == MINE, and_(level == MENTIONS, Person.pk == opened)))),
        )
        .scalar_subquery()
    )
