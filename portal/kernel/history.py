"""History in the model: facts with two clocks. Valid is when it was true, recorded is when we knew.

A row is never changed but for the end of its *recorded* time. Ending or correcting a fact supersedes its row by rows that say
better. "Now" is `current`, the past is `as_of`; both are conditions on the same table. The form is that of SQL:2011's
bitemporal tables.
"""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, inspect, or_
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.clock import now


class Timed:
    """A fact that was true from `valid_from` until `valid_to`, known from `recorded_from` until `recorded_to`."""

    valid_from: Mapped[datetime] = mapped_column(default=now)
    valid_to: Mapped[datetime | None] = mapped_column(default=None)
    recorded_from: Mapped[datetime] = mapped_column(default=now)
    recorded_to: Mapped[datetime | None] = mapped_column(default=None)


Fact = TypeVar("Fact", bound=Any)


def current(fact: Any) -> ColumnElement[bool]:
    """True now, as far as we know."""
    return and_(fact.valid_to.is_(None), fact.recorded_to.is_(None))


def as_of(fact: Any, at: datetime, known_at: datetime | None = None) -> ColumnElement[bool]:
    """True at `at`, as we know today, or as we knew at `known_at`."""
    known = fact.recorded_to.is_(None)
    if known_at is not None:
        known = and_(fact.recorded_from <= known_at, or_(fact.recorded_to.is_(None), fact.recorded_to > known_at))
    return and_(fact.valid_from <= at, or_(fact.valid_to.is_(None), fact.valid_to > at), known)


def end(session: Session, fact: Fact, at: datetime | None = None) -> Fact:
    """The fact stopped being true at `at` (now): its row is superseded by one that says until when it held.

    Raises ValueError where it would have ended before it began.
    """
    moment = at or max(now(), fact.valid_from)  # a clock that was set back keeps nobody from saying so
    if moment < fact.valid_from:
        raise ValueError("a fact cannot end before it began")
    until = _copy(fact, valid_to=moment)
    fact.recorded_to = max(now(), fact.recorded_from)
    session.flush()  # the partial unique index must see the old row closed first
    session.add(until)
    return until


def change(session: Session, fact: Fact, at: datetime | None = None, **values: Any) -> Fact:
    """The fact goes on from `at` (now) with other values; what was stays readable."""
    until = end(session, fact, at)
    following = _copy(fact, **values, valid_from=until.valid_to, valid_to=None)
    session.flush()
    session.add(following)
    return following


def corrected(session: Session, fact: Fact, moment: datetime, **values: Any) -> Fact:
    """What the fact should have said, known from `moment`; the caller has ended what it did say."""
    session.flush()
    better = _copy(fact, **values, recorded_to=None, recorded_from=moment)
    session.add(better)
    return better


def _copy(fact: Fact, **values: Any) -> Fact:
    kept = {
        column.key: getattr(fact, column.key)
        for column in inspect(type(fact)).column_attrs
        if column.key not in ("pk", "id", "recorded_from", "recorded_to")
    }
    return type(fact)(**kept | values)
