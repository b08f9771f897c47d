"""The letter that sums up: what is still unread and readable when it is due, and still wanted."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.sources import Citation, cite, cite_by_pk
from portal.kernel.words import ngettext, speaking
from portal.mail.letters import absolute, letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices import stops
from portal.notices.actions import mark_mailed
from portal.notices.models import DIGEST, NOW, QUIET, REASONS, TOGETHER, Digest, Level, MailChoice, Notice
from portal.notices.queries import visible
from portal.notices.wishes import ADDRESSED, admits, where_to, wishes_of
from portal.people.models import Person
from portal.people.queries import language_of

MOST = 200  # notices in one; the inbox has the rest
ENTRIES = 10  # shown of one workspace
GOES = {DIGEST: TOGETHER, QUIET: NOW}  # kind of letter -> what it sums up


@dataclass
class Entry:
    """One thing with news: the newest of it in a line, and who it is from."""

    citation: Citation
    why: str
    count: int = 0
    people: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        if self.citation.kind != "post":
            return ""
        return ngettext("%(num)d new message", "%(num)d new messages", self.count)


@dataclass
class Section:
    """What is addressed to the reader, or what is new in one workspace."""

    title: str
    url: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        return self.entries[:ENTRIES]


def waiting(session: Session, person: int, thing: str) -> tuple[Person | None, list[Notice]]:
    """Whom a letter about a thing would go to, None where they were suspended; and what they have neither seen, done nor been mailed of
    it, oldest first."""
    unseen = (Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.done_at.is_(None))
    found = select(Notice).where(Notice.person_pk == person, Notice.thing == thing, *unseen).order_by(Notice.pk)
    reader = session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    return reader, list(session.scalars(found))


def telling(
    house: Any, template: str, reader: Person, notices: list[Notice], *, silences: str, headers: dict[str, str] | None = None, **told: Any
) -> Letter:
    """A letter of portal.mail that tells of notices, which count as mailed once it has left; one press in it silences mail about
    `silences`, a thing or a place."""
    stop = absolute(house, f"/unsubscribe/{stops.token(house.settings.secret_key, reader.pk, silences)}")
    mailed = [notice.pk for notice in notices]
    return letter(
        house,
        template,
        to=reader,
        headers={**(headers or {}), "List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        stop_url=stop,
        choices_url=absolute(house, "/me/settings/notifications"),
        **{"sent": lambda session: mark_mailed(session, mailed), **told},
    )


@composes("digest")
def digest_letter(house: Any, system: Actor, *, digest: int) -> Letter | None:
    """None where it was sent, planned anew, nothing of it is left to tell, or they want no mail."""
    session = system.session
    row = session.get(Digest, digest)
    if row is None or row.sent_at is not None:
        return None
    person = session.scalar(select(Person).where(Person.pk == row.person_pk, Person.suspended_at.is_(None)))
    if person is None:
        return None
    actor = Actor(session, person)
    notices = _waiting(actor, row)
    with speaking(language_of(actor)):
        sections = _sections(actor, notices)
    if not sections:
        return None
    mailed = [notice.pk for notice in notices]
    return telling(
        house,
        "digest",
        person,
        notices,
        silences=stops.DIGESTS,
        subject=lambda: _subject(sections),
        key=f"{row.kind}-{person.id}-{row.due_at:%Y%m%d%H%M}",
        sent=lambda session: _mark(session, digest, mailed),
        sections=sections,
        since=min(notice.created_at for notice in notices),
        until=now(),
        weekly=wishes_of(session, person.pk).every == "week",
        quiet=row.kind != DIGEST,
    )


def _waiting(actor: Actor, row: Digest) -> list[Notice]:
    """Neither read, done nor mailed, still readable, not stopped or muted since, and meant for this kind of letter by what they want
    now; newest first. What came after it was due has a letter of its own."""
    wishes = wishes_of(actor.session, actor.pk)
    stopped = set(actor.session.scalars(select(MailChoice.thing).where(MailChoice.person_pk == actor.pk)))
    if "*" in stopped or (row.kind == DIGEST and stops.DIGESTS in stopped):
        return []
    found = visible(actor).where(Notice.read_at.is_(None), Notice.mailed_at.is_(None), Notice.created_at.between(row.since, row.due_at))
    notices = list(actor.session.scalars(found.order_by(Notice.created_at.desc(), Notice.pk.desc()).limit(MOST)))
    rooms = _rooms(actor, notices)
    said = {each.thing: each.level for each in actor.session.scalars(select(Level).where(Level.person_pk == actor.pk))}

    def wanted(notice: Notice) -> bool:
        room = rooms.get(notice.event_id)
        places = [notice.thing, f"workspace:{room.id}" if room else ""]
        level = next((said[place] for place in places if place in said), wishes.level)
        return where_to(wishes, notice.why) == GOES[row.kind] and not stopped.intersection(places) and admits(level, notice.why)

    return [notice for notice in notices if wanted(notice)]


def _rooms(actor: Actor, notices: Iterable[Notice]) -> dict[str, Citation]:
    """event id -> the workspace it happened in."""
    pks = dict(
        actor.session.execute(select(Event.id, Event.workspace_pk).where(Event.id.in_([notice.event_id for notice in notices]))).all()
    )
    rooms = cite_by_pk(actor, "workspace", {pk for pk in pks.values() if pk is not None})
    return {event_id: rooms[pk] for event_id, pk in pks.items() if pk in rooms}


def _sections(actor: Actor, notices: list[Notice]) -> list[Section]:
    """What is addressed to the reader first, then workspace by workspace; a thing stands in one place."""
    cited = cite(actor, ((notice.source_kind, notice.source_id) for notice in notices))
    rooms, names = _rooms(actor, notices), _names(actor, notices)
    entries: dict[str, Entry] = {}
    places: dict[str, Citation | None] = {}
    for notice in notices:
        citation = cited.get((notice.source_kind, notice.source_id))
        if citation is None:
            continue
        entry = entries.setdefault(notice.thing, Entry(citation, notice.why))
        entry.count += 1
        entry.why = min(entry.why, notice.why, key=REASONS.index)
        if (name := names.get(notice.event_id)) and name not in entry.people:
            entry.people.append(name)
        places.setdefault(notice.thing, rooms.get(notice.event_id))
    mine = Section("")
    sections: dict[str, Section] = {}
    for thing, entry in entries.items():
        place = places[thing]
        if entry.why in ADDRESSED or place is None:
            mine.entries.append(entry)
        else:
            sections.setdefault(place.id, Section(place.title, place.url)).entries.append(entry)
    return [*([mine] if mine.entries else []), *sorted(sections.values(), key=lambda one: one.title)]


def _names(actor: Actor, notices: Iterable[Notice]) -> dict[str, str]:
    found = (
        select(Event.id, Person.name).join(Person, Person.pk == Event.actor_pk).where(Event.id.in_([notice.event_id for notice in notices]))
    )
    return dict(actor.session.execute(found).all())


def _subject(sections: list[Section]) -> str:
    """The thing, not the product."""
    entries = [entry for section in sections for entry in section.entries]
    title = entries[0].citation.title
    if len(entries) == 1:
        return title
    return ngettext("%(title)s, and %(num)d more", "%(title)s, and %(num)d more", len(entries) - 1, title=title)


def _mark(session: Session, digest: int, notices: list[int]) -> None:
    session.get_one(Digest, digest).sent_at = now()
    mark_mailed(session, notices)
