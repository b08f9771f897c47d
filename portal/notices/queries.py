"""The inbox: what a person was told of, grouped by thing, shown only while they may read its source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.events import Event
from portal.kernel.policy import allowed, condition
from portal.kernel.prepared import prepared
from portal.kernel.sources import SOURCES, Citation, cite
from portal.notices.models import REASONS, Level, MailChoice, Notice
from portal.notices.policy import May
from portal.people.models import Person

MOST = 200  # notices on the page
BY_SOURCE: set[str] = set()  # kinds of source of which a person is told though the event is for others; may they know of it, they see it


@dataclass
class Group:
    """All notices of one thing, the newest first."""

    thing: str
    citation: Citation
    notices: list[Notice] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    excerpt: str = ""

    @property
    def unread(self) -> int:
        return sum(notice.read_at is None for notice in self.notices)

    @property
    def why(self) -> str:
        """The strongest reason."""
        reasons = {notice.why for notice in self.notices}
        return next(reason for reason in REASONS if reason in reasons)


def visible(actor: Actor) -> Any:
    """Notices that are not done, of events whose audience their person still holds, or of BY_SOURCE while they may know of it."""
    still = exists().where(Event.id == Notice.event_id, held(actor, Event.audience_pk))  # not a list of all events that one may know of
    return allowed(actor, May.READ_NOTICE).where(Notice.done_at.is_(None), or_(still, *_by_source(actor)))


def _by_source(actor: Actor) -> Iterator[ColumnElement[bool]]:
    for kind in BY_SOURCE:
        of = SOURCES[kind]
        known = select(of.model.pk).where(of.model.id == Notice.source_id, condition(actor, of.verb))
        yield and_(Notice.source_kind == kind, known.exists())


def unread_count(actor: Actor) -> int:
    """How many things wait for this person; 0 for nobody. Not asked again where another question of a reading transaction asked it."""
    if not actor.person or actor.session is None:
        return 0
    noted: int | None = actor.session.info.get("unread", {}).get(actor.pk)
    return noted if noted is not None else _unread(actor).scalar() or 0


def unread_things(actor: Actor) -> Any:
    """The same as a question, to be asked with something else; `note_unread` takes the answer."""
    return visible(actor).where(Notice.read_at.is_(None)).with_only_columns(func.count(Notice.thing.distinct()))


def note_unread(actor: Actor, count: int) -> None:
    if actor.session.info.get("reading"):
        actor.session.info.setdefault("unread", {})[actor.pk] = count


_unread = prepared(unread_things)


def inbox(actor: Actor) -> list[Group]:
    """What waits, unread first, then newest."""
    notices = list(_latest(actor).scalars())
    cited = cite(actor, ((notice.source_kind, notice.source_id) for notice in notices))
    authors = _authors(actor, notices)
    groups: dict[str, Group] = {}
    for notice in notices:
        citation = cited.get((notice.source_kind, notice.source_id))
        if citation is None:
            continue
        group = groups.setdefault(notice.thing, Group(notice.thing, citation, excerpt=citation.excerpt))
        group.notices.append(notice)
        author = authors.get(notice.event_id)
        if author is not None and author not in group.people:
            group.people.append(author)
    return sorted(groups.values(), key=lambda group: group.unread == 0)


@prepared
def _latest(actor: Actor) -> Any:
    return visible(actor).order_by(Notice.created_at.desc()).limit(MOST)


def wants_mail(choice_of: int, things: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a person (pk) has not stopped mail about everything or any of these things."""
    stopped = select(MailChoice.person_pk).where(MailChoice.person_pk == choice_of, MailChoice.thing.in_(["*", *things]))
    return and_(~stopped.exists())


def stopped(actor: Actor) -> list[MailChoice]:
    """What a person wants no mail about."""
    return list(actor.session.scalars(select(MailChoice).where(MailChoice.person_pk == actor.pk).order_by(MailChoice.stopped_at)))


def levels_said(actor: Actor) -> list[Level]:
    """The places of which a person said how much they want to hear."""
    return list(actor.session.scalars(select(Level).where(Level.person_pk == actor.pk).order_by(Level.thing)))


def level_at(actor: Actor, thing: str) -> str:
    """What a person said of one place; '' where they said nothing."""
    said = actor.session.get(Level, (actor.pk, thing))
    return said.level if said else ""


def _authors(actor: Actor, notices: list[Notice]) -> dict[str, Person]:
    rows = actor.session.execute(
        select(Event.id, Person).join(Person, Person.pk == Event.actor_pk).where(Event.id.in_({n.event_id for n in notices}))
    )
    return {row[0]: row[1] for row in rows}
