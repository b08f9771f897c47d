"""What people make: rows that are in a place and carry the audience they were written under."""

from typing import Any, ClassVar

from sqlalchemy import ForeignKey, event, inspect
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from portal.kernel.db import Created, Identified


class Content(Identified, Created):
    """Words or files of people. A change of it without an event of the same transaction is refused at commit."""

    __kind__: ClassVar[str]  # 'post', 'file' …: the `kind` of sources, of the index and of the API
    __bookkeeping__: ClassVar[frozenset[str]] = frozenset()  # columns that are counts or caches, not content

    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"), index=True)


class Unrecorded(RuntimeError):
    """A programming error: content changed and no event says so."""


def watch_content() -> None:
    """Install the guards on every session of this process; called once, by the composition root."""
    if not event.contains(Session, "before_flush", _remember_changes):
        event.listen(Session, "before_flush", _remember_changes)
        event.listen(Session, "before_commit", _refuse_unrecorded)
        event.listen(Session, "after_rollback", _forget)
        event.listen(Session, "do_orm_execute", _refuse_bulk)


def note_recorded(session: Session, subject: Any) -> None:
    session.info.setdefault("recorded", set()).add(id(subject))
    session.info.setdefault("kept", []).append(subject)  # an id() is only good while the object lives


def _remember_changes(session: Session, context: object, instances: object) -> None:
    changed = session.info.setdefault("changed", {})
    for row in session.new | session.deleted:
        if isinstance(row, Content):
            changed[id(row)] = row
    for row in session.dirty:
        if isinstance(row, Content) and _touched(row) - row.__bookkeeping__:
            changed[id(row)] = row


def _touched(row: Any) -> set[str]:
    return {attribute.key for attribute in inspect(row).attrs if attribute.history.has_changes()}


def _refuse_unrecorded(session: Session) -> None:
    session.flush()
    recorded = session.info.pop("recorded", set())
    silent = [row for key, row in session.info.pop("changed", {}).items() if key not in recorded]
    session.info.pop("kept", None)
    if silent:
        raise Unrecorded(f"changed without an event: {', '.join(sorted({type(row).__name__ for row in silent}))}")


def _forget(session: Session) -> None:
    for key in ("recorded", "changed", "kept", "after_commit", "announcements"):
        session.info.pop(key, None)


def _refuse_bulk(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    if (state.is_insert or state.is_update or state.is_delete) and mapper and issubclass(mapper.class_, Content):
        raise Unrecorded(f"bulk write of {mapper.class_.__name__}: content changes through its actions")
