"""The one queue: rows written in the transaction of the change, drained by the worker at least once, in order per subject.

A *consumer* handles one topic: it says which events it wants, and handles rows in batches. Handlers are idempotent. A row that
fails waits longer each time and, after ten tries, is parked so that it poisons nothing; later rows of its key wait for it, no others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Index, String, Text, delete, exists, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.kernel.clock import now
from portal.kernel.db import Base

if TYPE_CHECKING:
    from portal.kernel.events import Event

TRIES = 10
BACK_OFF = [1, 2, 5, 15, 60, 300, 900, 1800, 3600, 3600]  # seconds after the n-th failure


class OutboxRow(Base):
    """One thing that must still happen because of a change."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "topic", "done_at", "due_at", "pk"),
        Index("ix_outbox_key", "topic", "key", "pk"),
    )

    pk: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))  # rows of one key are handled in order
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    due_at: Mapped[datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    parked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    generation: Mapped[int | None]  # of the search index that holds it; other topics leave it empty


@dataclass(frozen=True)
class Task:
    """What a consumer asks for: a key to keep in order, a payload, and when at the earliest."""

    key: str
    payload: dict[str, Any] = field(default_factory=dict)
    delay: timedelta = timedelta(0)


Handler = Callable[[Any, list[OutboxRow]], None]  # (house, rows); raises to have them tried again


@dataclass(frozen=True)
class Consumer:
    """A topic of the outbox. `tasks(session, event)` runs in the writing transaction, so it only looks, quickly.

    `handle(house, rows)` runs outside of any transaction and opens its own short ones; when it returns the worker marks the rows as
    done (a crash in between has them handled again). Where a batch fails its rows are handled one by one.
    """

    topic: str
    meaning: str
    tasks: Callable[[Session, Any], list[Task]]
    handle: Handler
    batch: int = 1  # rows at most in one call of `handle`
    keeps: bool = False  # `handle` marks its rows itself, and they stay until the consumer removes them (the index's tail)
    idle: Callable[[Any], None] | None = None  # (house), called by the worker between batches, for upkeep that is not a row
    history: bool = False  # whether it also wants what `kernel.bulk` brings from elsewhere: what happened long ago is news to nobody
    lanes: int = 1  # rows handled side by side, each of another lane (portal.kernel.lanes); above 1 a batch is one row


CONSUMERS: dict[str, Consumer] = {}
Told = Callable[[Any, str], None]  # (house, event id)


def consumer(made: Consumer) -> Consumer:
    """Register a consumer, once."""
    CONSUMERS[made.topic] = made
    return made


def on(*kinds: str, topic: str, meaning: str) -> Callable[[Told], Told]:
    """Subscribe `handler(house, event id)` to kinds of event, by name."""

    def subscribe(handler: Told) -> Told:
        def tasks(session: Session, event: Any) -> list[Task]:
            return [Task(event.subject_id, {"event": event.id})] if event.kind in kinds else []

        def handle(house: Any, rows: list[OutboxRow]) -> None:
            for row in rows:
                handler(house, row.payload["event"])

        consumer(Consumer(topic, meaning, tasks, handle))
        return handler

    return subscribe


def enqueue(session: Session, topic: str, task: Task) -> OutboxRow:
    """Add one row to a topic, in this transaction."""
    row = OutboxRow(topic=topic, key=task.key, payload=task.payload, due_at=now() + task.delay)
    session.add(row)
    return row


def enqueue_event(session: Session, event: "Event", *, history: bool = False) -> None:
    """What every consumer wants done because of this event; of `history`, which is brought in from elsewhere, those that want it."""
    rows = [
        {"topic": each.topic, "key": task.key, "payload": task.payload, "due_at": now() + task.delay}
        for each in CONSUMERS.values()
        if each.history or not history
        for task in each.tasks(session, event)
    ]
    if rows:
        session.execute(insert(OutboxRow), rows)


def due_topics(session: Session) -> set[str]:
    """The topics that have a row which could be handled now."""
    return set(session.scalars(select(OutboxRow.topic).where(*due()).distinct()))


def waiting(session: Session, topic: str, limit: int, *, but: Iterable[str] = ()) -> list[OutboxRow]:
    """Rows that may be handled now, oldest first; none whose key has an earlier row still waiting for its next try.
    `but` are lanes that are taken.

    Whoever drains a topic holds its lock (portal.kernel.locks), so no row is handled by two workers and keys keep their order.
    """
    earlier = aliased(OutboxRow)
    blocked = exists(
        select(earlier.pk).where(
            earlier.topic == topic,
            earlier.key == OutboxRow.key,
            earlier.pk < OutboxRow.pk,
            earlier.done_at.is_(None),
            earlier.parked_at.is_(None),
            earlier.due_at > now(),
        )
    )
    free = [~OutboxRow.key.startswith(f"{lane}:", autoescape=True) for lane in but]
    found = select(OutboxRow).where(OutboxRow.topic == topic, *due(), ~blocked, *free)
    return list(session.scalars(found.order_by(OutboxRow.pk).limit(limit)))


def done(session: Session, rows: list[OutboxRow], *, keep: bool = False, generation: int | None = None) -> None:
    """The rows' work is done: remove them, or keep them marked where the consumer still needs to see them."""
    pks = [row.pk for row in rows]
    if keep:
        marked = update(OutboxRow).where(OutboxRow.pk.in_(pks), OutboxRow.done_at.is_(None))
        session.execute(marked.values(done_at=now(), generation=generation, error=None))
    else:
        session.execute(delete(OutboxRow).where(OutboxRow.pk.in_(pks)))


def later(session: Session, row: OutboxRow, seconds: float) -> None:
    """For consumers that mark their rows themselves: try again then, and not before."""
    values = {"tries": row.tries + 1, "due_at": now() + timedelta(seconds=seconds)}
    session.execute(update(OutboxRow).where(OutboxRow.pk == row.pk).values(**values))


def failed(session: Session, row: OutboxRow, error: Exception) -> bool:
    """Try again later, or park after the last try; True where it was parked."""
    tries = row.tries + 1
    parked = tries >= TRIES
    values: dict[str, Any] = {"tries": tries, "error": f"{type(error).__name__}: {error}"[:500]}
    values |= {"parked_at": now()} if parked else {"due_at": now() + timedelta(seconds=BACK_OFF[tries - 1])}
    session.execute(update(OutboxRow).where(OutboxRow.pk == row.pk).values(**values))
    return parked


def retry(session: Session, topic: str | None = None) -> int:
    """Have parked rows, of one topic or all, tried again from the start; how many there were."""
    parked: list[ColumnElement[bool]] = [OutboxRow.parked_at.is_not(None), OutboxRow.done_at.is_(None)]
    if topic is not None:
        parked.append(OutboxRow.topic == topic)
    pks = list(session.scalars(select(OutboxRow.pk).where(*parked)))
    session.execute(update(OutboxRow).where(OutboxRow.pk.in_(pks)).values(parked_at=None, tries=0, due_at=now()))
    return len(pks)


def due() -> tuple[ColumnElement[bool], ...]:
    """The conditions that a row could be handled now."""
    return OutboxRow.done_at.is_(None), OutboxRow.parked_at.is_(None), OutboxRow.due_at <= now()


def lag(session: Session) -> dict[str, dict[str, Any]]:
    """By topic: how many rows wait, since when the oldest due one does, and how many are parked."""
    rows = session.execute(select(OutboxRow.topic, func.count(), func.min(OutboxRow.due_at)).where(*due()).group_by(OutboxRow.topic))
    parked = session.execute(select(OutboxRow.topic, func.count()).where(OutboxRow.parked_at.is_not(None)).group_by(OutboxRow.topic))
    report: dict[str, dict[str, Any]] = {topic: {"waiting": 0, "oldest_seconds": 0.0, "parked": 0} for topic in CONSUMERS}
    for topic, count, oldest in rows:
        age = max(0.0, (now() - oldest).total_seconds())
        report.setdefault(topic, {"parked": 0}).update(waiting=count, oldest_seconds=round(age, 1))
    for topic, count in parked:
        report.setdefault(topic, {"waiting": 0, "oldest_seconds": 0.0})["parked"] = count
    return report


def parked(session: Session) -> list[OutboxRow]:
    """What was given up, oldest first."""
    found = select(OutboxRow).where(OutboxRow.parked_at.is_not(None), OutboxRow.done_at.is_(None))
    return list(session.scalars(found.order_by(OutboxRow.pk).limit(100)))
