"""Invariants that must hold, and the health of what the installation stands on: registries that `verify` and `doctor` go through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from portal.kernel import events
from portal.kernel.db import Base
from portal.kernel.events import Event, digest
from portal.kernel.house import House
from portal.kernel.sources import SOURCES

GOOD, POOR, BAD = "good", "poor", "bad"

Check = Callable[[House, Session], Iterator[str]]
CHECKS: dict[str, Check] = {}


@dataclass(frozen=True)
class Finding:
    """How one thing is: `state` is GOOD, POOR (works, but) or BAD; `mend` says what to do."""

    area: str
    state: str
    says: str
    mend: str = ""


Examine = Callable[[House], Iterator[Finding]]
EXAMINATIONS: dict[str, Examine] = {}
WATCHED: set[str] = set()  # looked at every few seconds, so they cost little: admins are told when one turns
THOROUGH: set[str] = set()  # for doctor alone: slow, or they ask others


def check(name: str) -> Callable[[Check], Check]:
    """Register `check(house, session)`, which reads and yields each breach of an invariant in one line."""

    def declare(made: Check) -> Check:
        CHECKS[name] = made
        return made

    return declare


def examines(area: str, *, watched: bool = False, thorough: bool = False) -> Callable[[Examine], Examine]:
    """Register `examine(house)`, which yields findings about an area; what `watched` and `thorough` mean stands beside their sets."""

    def declare(made: Examine) -> Examine:
        EXAMINATIONS[area] = made
        if watched:
            WATCHED.add(area)
        if thorough:
            THOROUGH.add(area)
        return made

    return declare


def breaches(house: House, names: list[str] | None = None) -> dict[str, list[str]]:
    """Every breach, by check."""
    found = {}
    for name in names or CHECKS:
        with house.db.reading() as session:
            found[name] = list(CHECKS[name](house, session))
    return found


@check("chains")
def chains(house: House, session: Session) -> Iterator[str]:
    """The hash chains of the accounts: nothing altered, taken out or put in."""
    yield from events.breaches(session)


@check("words")
def words(house: House, session: Session) -> Iterator[str]:
    """What people wrote is still what the events' digests were made of."""
    for kind, source in SOURCES.items():
        if source.words is not None:
            yield from _altered(session, kind, source.words)


@check("references")
def references(house: House, session: Session) -> Iterator[str]:
    """Rows that point at rows which are not there. PostgreSQL never lets that happen."""
    if not house.db.is_sqlite:
        return
    for table, row, parent, _key in session.execute(text("PRAGMA foreign_key_check")):
        yield f"{table} row {row} points at a row of {parent} that is not there"
    for (said,) in session.execute(text("PRAGMA quick_check")):
        if said != "ok":
            yield f"the database file is damaged: {said}"


@check("tables")
def tables(house: House, session: Session) -> Iterator[str]:
    """Every table that the program knows is there."""
    there = inspect(session.connection()).get_table_names()
    for missing in sorted(set(Base.metadata.tables) - set(there)):
        yield f"the table {missing} is missing"


def _altered(session: Session, kind: str, said: Callable[[Session, Event], str | None]) -> Iterator[str]:
    asked = select(Event).where(Event.subject_kind == kind, Event.words_digest.is_not(None), Event.salt.is_not(None))
    for event in session.scalars(asked.order_by(Event.pk).execution_options(yield_per=500)):
        told = said(session, event)
        if told is not None and digest(event.salt or "", told) != event.words_digest:
            yield f"the words of {kind} {event.subject_id} are not those of event {event.id} ({event.kind})"
