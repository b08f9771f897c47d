"""Facts about how an installation is doing that cost little to ask: metrics, doctor, Health and the watchman share them."""

import os
import shutil
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.kernel.house import House
from portal.kernel.locks import holder, is_held
from portal.kernel.outbox import CONSUMERS
from portal.kernel.sources import SOURCES
from portal.kernel.worker import LOCK

SCARCE = 2**30  # bytes free; a disk of less than 100 GiB is nearly full below a hundredth of it


@dataclass(frozen=True)
class Disk:
    """The disk of the data directory, in bytes."""

    free: int
    total: int

    @property
    def scarce(self) -> bool:
        """Whether somebody should make room, while there still is some."""
        return self.free < SCARCE or (self.free < self.total / 20 and self.free < 10 * SCARCE)


def disk(house: House) -> Disk:
    usage = shutil.disk_usage(house.settings.data_dir)
    return Disk(usage.free, usage.total)


def worker_lives(house: House, session: Session) -> bool:
    """Whether a background worker is there: it holds a lock, which ends with it."""
    if house.db.is_sqlite:
        return bool(holder(house.settings.data_dir / LOCK))
    return any(is_held(session, f"mainstay {topic}") for topic in CONSUMERS)


def database_bytes(house: House, session: Session) -> int:
    """How large the database is, with what SQLite has not yet put into its file."""
    if not house.db.is_sqlite:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    name = str(house.db.engine.url.database)
    return sum(os.stat(name + end).st_size for end in ("", "-wal") if os.path.exists(name + end))


def written(session: Session) -> dict[str, int]:
    """How many there have been so far of each kind of thing that people make. Rows are numbered, and never taken out."""
    return {kind: session.scalar(select(func.max(of.model.pk))) or 0 for kind, of in SOURCES.items()}
