"""Telling people, and what they do about it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.outbox import OutboxRow
from portal.mail.queue import TOPIC, queue
from portal.notices import digests
from portal.notices.models import APART, DIGEST, NOW, QUIET, TOGETHER, UNDO, Level, MailChoice, Notice, Wishes
from portal.notices.policy import May
from portal.notices.wishes import DEFAULTS, next_digest, quiet_until, where_to, wishes_of, zone_of
from portal.people.models import Person


def tell(session: Session, event: Event, people: Mapping[int, str], *, thing: str, mail: str = "", about: Any = None) -> None:
    """Put an event into inboxes and have it mailed: `people` is person pk -> why. Telling twice changes nothing.

    `mail` is the kind of letter, if any; whether there is one at once, with others or not at all is each person's wish, and who
    gets it, and what is in it, is decided when it is sent. The entry points at the event's subject, or at `about`, another source.
    """
    told = set(session.scalars(select(Notice.person_pk).where(Notice.event_id == event.id)))
    for person_pk, why in people.items():
        if person_pk in told:
            continue
        notice = Notice(
            person_pk=person_pk,
            event_id=event.id,
            why=why,
            thing=thing,
            source_kind=about.__kind__ if about is not None else event.subject_kind,
            source_id=about.id if about is not None else event.subject_id,
        )
        session.add(notice)
        session.flush()
        announce(session, {"notice": notice.id})
        if mail:
            _have_mailed(session, notice, mail)


def mark_mailed(session: Session, notices: list[int]) -> None:
    """A letter with these has left: no other tells of them."""
    session.execute(update(Notice).where(Notice.pk.in_(notices)).values(mailed_at=now()))


def take_back(session: Session, about: Any, *, but: str = "") -> None:
    """It no longer is so: nobody is told of this source any more; `but` by the event of this id."""
    told = select(Notice).where(Notice.source_kind == about.__kind__, Notice.source_id == about.id, Notice.event_id != but)
    for notice in session.scalars(told):
        notice.done_at = notice.done_at or now()


def regroup(session: Session, was: str, thing: str, sources: list[str], *, mail: str) -> None:
    """What they were told of these sources is part of another thing now; a letter that waits is about that."""
    told = select(Notice).where(Notice.thing == was, Notice.source_id.in_(sources))
    for notice in session.scalars(told).all():
        notice.thing = thing
        session.flush()
        if notice.mailed_at is None and notice.read_at is None and _waits(session, notice.person_pk, was, mail):
            _have_mailed(session, notice, mail)


@action(open="a person's own inbox: only rows of theirs are touched")
def read_thing(actor: Actor, *, thing: str, read: bool = True) -> None:
    """They have seen it: its notices are read; or, to come back to it, are not."""
    found = select(Notice).where(Notice.person_pk == actor.pk, Notice.thing == thing, Notice.read_at.is_(None) == read)
    for notice in actor.session.scalars(found):
        notice.read_at = now() if read else None
    announce(actor.session, {"counts": actor.pk})


@action(open="a person's own inbox: only rows of theirs are touched")
def clear_thing(actor: Actor, *, thing: str, done: bool = True) -> None:
    """Done with it, or (undo) not yet."""
    for notice in actor.session.scalars(select(Notice).where(Notice.person_pk == actor.pk, Notice.thing == thing)):
        notice.done_at = now() if done else None
        notice.read_at = notice.read_at or now()
    announce(actor.session, {"counts": actor.pk})


@action(open="a person's own inbox: only rows of theirs are touched")
def read_everything(actor: Actor) -> None:
    actor.session.execute(update(Notice).where(Notice.person_pk == actor.pk, Notice.read_at.is_(None)).values(read_at=now()))
    announce(actor.session, {"counts": actor.pk})


@action(May.READ_NOTICE)
def change_notice(actor: Actor, notice: Notice, *, read: bool | None = None, done: bool | None = None) -> Notice:
    """Mark one notice read or done, or take that back."""
    if read is not None:
        notice.read_at = now() if read else None
    if done is not None:
        notice.done_at = now() if done else None
    announce(actor.session, {"counts": actor.pk})
    return notice


@action(open="the person is named by a signed link from a mail to them, or is signed in")
def stop_mail(actor: Actor, *, person_pk: int, thing: str) -> None:
    """No more mail about this thing, or with '*' about anything; the inbox still has it."""
    actor.session.merge(MailChoice(person_pk=person_pk, thing=thing, stopped_at=now()))


@action(open="the person is named by a signed link from a mail to them, or is signed in")
def want_mail(actor: Actor, *, person_pk: int, thing: str) -> None:
    """Mail about it again."""
    choice = actor.session.get(MailChoice, (person_pk, thing))
    if choice is not None:
        actor.session.delete(choice)


@action(open="a person's own wishes")
def change_wishes(actor: Actor, **changed: Any) -> Wishes:
    """How much they want to hear, where it goes and when; what is not named stays."""
    wishes = actor.session.get(Wishes, actor.pk)
    if wishes is None:
        wishes = Wishes(person_pk=actor.pk, **DEFAULTS)
        actor.session.add(wishes)
    for name, value in changed.items():
        setattr(wishes, name, value)
    actor.session.flush()
    digests.plan_anew(actor.session, actor.person)
    return wishes


@action(open="a person's own wish; whoever asks has seen that they may read the place")
def set_level(actor: Actor, *, thing: str, level: str | None) -> None:
    """How much they want to hear of one place; None: as of everything else."""
    announce(actor.session, {"counts": actor.pk})
    said = actor.session.get(Level, (actor.pk, thing))
    if level is None:
        if said is not None:
            actor.session.delete(said)
    elif said is None:
        actor.session.add(Level(person_pk=actor.pk, thing=thing, level=level))
    else:
        said.level = level


def _have_mailed(session: Session, notice: Notice, mail: str) -> None:
    """Have it mailed as its person wishes: at once, in the next digest, or summed up when their quiet hours are over."""
    person, wishes = session.get_one(Person, notice.person_pk), wishes_of(session, notice.person_pk)
    way = where_to(wishes, notice.why)
    if way == TOGETHER:
        due = next_digest(wishes, zone_of(session, person), now())
        digests.plan(session, person.pk, DIGEST, due, notice.created_at)
    elif way == NOW:
        _mail_now(session, notice, mail, wishes, person)


def _mail_now(session: Session, notice: Notice, mail: str, wishes: Wishes, person: Person) -> None:
    """Queue one letter unless one is waiting already; it will tell of everything there is by then."""
    if _waits(session, person.pk, notice.thing, mail):
        return
    last = session.scalar(select(func.max(Notice.mailed_at)).where(Notice.person_pk == person.pk, Notice.thing == notice.thing))
    delay = max(UNDO, last + APART - now()) if last else UNDO
    at = now() + delay
    free = quiet_until(wishes, zone_of(session, person), at)
    if free > at:
        digests.plan(session, person.pk, QUIET, free, notice.created_at)
    else:
        queue(session, mail, key=f"{mail}:{person.pk}:{notice.thing}", delay=delay, person=person.pk, thing=notice.thing)


def _waits(session: Session, person_pk: int, thing: str, mail: str) -> bool:
    """Whether such a letter is queued."""
    key = f"{mail}:{person_pk}:{thing}"
    waiting = select(OutboxRow.pk).where(OutboxRow.topic == TOPIC, OutboxRow.key == key, OutboxRow.parked_at.is_(None))
    return session.scalar(waiting.limit(1)) is not None
