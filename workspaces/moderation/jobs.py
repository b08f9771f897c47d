"""Who is told: moderators of a report, its sender and the author of what was decided."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel import blobs
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.kernel.policy import may
from portal.notices.actions import tell
from portal.people.models import Person
from workspaces.forums.models import Post
from workspaces.moderation.models import Flag, Held, HeldFile, Ruling
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

LETTER = "moderation"

blobs.holds("files of first messages that wait", select(HeldFile.sha256, HeldFile.size))


@on("post.reported", topic="tell moderators", meaning="Reports that moderators are to be told of")
def tell_moderators(house: Any, event_id: str) -> None:
    """Put a report into the inboxes of those who may decide about it, but not of who wrote the message or sent the report."""
    with house.db.writing() as session:
        event, post = _of(session, event_id)
        waiting = select(Flag).where(Flag.post_pk == post.pk, Flag.ruling_pk.is_(None)).order_by(Flag.pk.desc())
        flag = session.scalar(waiting.limit(1))
        if flag is None:
            return
        meant = _moderators(session, post.workspace_pk, post.audience_pk) - {post.author_pk, flag.reporter_pk}
        people = dict.fromkeys(meant, "report")
        tell(session, event, people, thing=f"moderation:{post.workspace.id}", mail=LETTER, about=flag)


@on("post.ruled", topic="tell of rulings", meaning="Decisions that authors and reporters are to be told of")
def tell_of_ruling(house: Any, event_id: str) -> None:
    """Tell the author what was decided and why, and each who reported it what became of that."""
    with house.db.writing() as session:
        event, post = _of(session, event_id)
        ruling = session.scalar(select(Ruling).where(Ruling.id == event.facts.get("ruling"), Ruling.undone_at.is_(None)))
        if ruling is None:
            return
        thing = f"post:{post.id}"
        if post.author_pk != ruling.by_pk:
            tell(session, event, {post.author_pk: "ruling"}, thing=thing, mail=LETTER, about=ruling)
        for flag in session.scalars(select(Flag).where(Flag.ruling_pk == ruling.pk)).all():
            if flag.reporter_pk != ruling.by_pk:
                tell(session, event, {flag.reporter_pk: "outcome"}, thing=thing, mail=LETTER, about=flag)


@on("message.held", topic="tell of first messages", meaning="First messages that moderators are to be told of")
def tell_of_held(house: Any, event_id: str) -> None:
    """Put what waits into the inboxes of those who may decide about it."""
    with house.db.writing() as session:
        event, held = _held(session, event_id)
        if held.outcome:
            return
        place = held.topic or held.forum
        audience_pk = held.topic.audience_pk if held.topic else held.forum.open_audience_pk
        people = dict.fromkeys(_moderators(session, place.workspace_pk, audience_pk) - {held.author_pk}, "report")
        tell(session, event, people, thing=f"moderation:{held.workspace.id}", mail=LETTER, about=held)


@on("held.decided", topic="tell of first messages decided", meaning="Decisions about first messages that authors are to be told of")
def tell_of_held_decided(house: Any, event_id: str) -> None:
    """Tell the author whether it was let through, or why not."""
    with house.db.writing() as session:
        event, held = _held(session, event_id)
        if held.outcome:
            tell(session, event, {held.author_pk: "ruling"}, thing=f"held:{held.id}", mail=LETTER, about=held)


def _held(session: Session, event_id: str) -> tuple[Event, Held]:
    event = session.scalars(select(Event).where(Event.id == event_id)).one()
    return event, session.scalars(select(Held).where(Held.id == event.subject_id)).one()


def _of(session: Session, event_id: str) -> tuple[Event, Post]:
    event = session.scalars(select(Event).where(Event.id == event_id)).one()
    return event, session.scalars(select(Post).where(Post.id == event.subject_id)).one()


def _moderators(session: Session, workspace_pk: int, audience_pk: int) -> set[int]:
    """Those of the readers who moderate the workspace."""
    workspace = session.get_one(Workspace, workspace_pk)
    readers = session.scalars(select(Person).where(Person.pk.in_(people_in(session, audience_pk))))
    return {person.pk for person in readers if may(Actor(session, person), Rooms.MODERATE, workspace)}
