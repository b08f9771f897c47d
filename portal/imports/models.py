"""Imports: what was read, what came of it row by row, and what it is called where it came from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person

# A run's states, in the order in which it goes through them.
NEW, WAITING, RUNNING, TRIED, DONE, FAILED, UNDOING, UNDONE = (
    "new", "waiting", "running", "tried", "done", "failed", "undoing", "undone",
)  # fmt: skip
BUSY = (WAITING, RUNNING, UNDOING)
MADE, CHANGED, UNCHANGED, REJECTED = "made", "changed", "unchanged", "rejected"
OUTCOMES = (MADE, CHANGED, UNCHANGED, REJECTED)


class ImportRun(Identified, Created, Base):
    """One file read once. `counts` and `position` move with each batch, in its transaction, so that a run goes on where it stopped."""

    __tablename__ = "import_run"
    __kind__ = "import_run"

    kind: Mapped[str] = mapped_column(String(20))  # of IMPORTERS
    name: Mapped[str] = mapped_column(String(255))  # of the file
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of an uploaded file, in storage; '' where a command reads it
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    state: Mapped[str] = mapped_column(String(10), default=NEW)
    dry: Mapped[bool] = mapped_column(Boolean, default=False)
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field -> headings
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)  # rows read
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of OUTCOMES, of rows
    beside: Mapped[dict[str, Any]] = mapped_column(default=dict)  # kind -> how many things were made that no row is about
    left: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of an undo: [what, why]
    error: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship()

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    def count(self, outcome: str) -> int:
        return int(self.counts.get(outcome, 0))


class ImportedThing(Base):
    """What a run made, or changed and from what to what: what an undo goes by, the last first."""

    __tablename__ = "imported_thing"
    __table_args__ = (Index("ix_imported_thing_run", "run_pk", "pk"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    run_pk: Mapped[int] = mapped_column(ForeignKey("import_run.pk"))
    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[str] = mapped_column(String(22), index=True)
    act: Mapped[str] = mapped_column(String(10))  # MADE, CHANGED
    was: Mapped[dict[str, Any]] = mapped_column(default=dict)
    now: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ImportReject(Base):
    """A row that did not go in, and why."""

    __tablename__ = "import_reject"
    __table_args__ = (Index("ix_import_reject_run", "run_pk", "pk"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    run_pk: Mapped[int] = mapped_column(ForeignKey("import_run.pk"))
    line: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    cells: Mapped[list[str]]


class ExternalKey(Base):
    """What a thing is called in the system it came from: a record's id, a mail's Message-ID. The same key means the same thing again."""

    __tablename__ = "external_key"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    thing_id: Mapped[str] = mapped_column(String(22), index=True)
