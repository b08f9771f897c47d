"""Periodic work: jobs with a cron line, one row each, run by the worker. A job missed while nothing ran is run once, soon."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from cronsim import CronSim
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.kernel.db import Base
from portal.kernel.house import House
from portal.kernel.settings import Settings

log = structlog.get_logger(__name__)
Job = Callable[[House], None]


class PeriodicRow(Base):
    """When a job is due, and how its last run went."""

    __tablename__ = "periodic"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime]
    ran_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Periodic:
    """A job: its cron line in UTC, or how the settings tell it, and what it does in one line. It opens its own short transactions
    and may run twice."""

    name: str
    cron: str | Callable[[Settings], str]
    meaning: str
    run: Job

    def following(self, house: House) -> datetime:
        """When it is next due."""
        return following(self.cron if isinstance(self.cron, str) else self.cron(house.settings), now())


JOBS: dict[str, Periodic] = {}


def every(cron: str | Callable[[Settings], str], name: str, meaning: str) -> Callable[[Job], Job]:
    """Declare `job(house)` to run at the minutes of a cron line, in UTC."""

    def declare(run: Job) -> Job:
        JOBS[name] = Periodic(name, cron, meaning, run)
        return run

    return declare


def run_due(house: House) -> list[str]:
    """Run what is due, each on its own; the names of what ran. Never raises for a job."""
    ran = []
    for name in _due(house):
        error = _run(house, JOBS[name])
        with house.db.writing() as session:
            row = session.get_one(PeriodicRow, name)
            row.ran_at, row.error, row.due_at = now(), error, JOBS[name].following(house)
        ran.append(name)
    return ran


def following(cron: str, moment: datetime) -> datetime:
    """The next minute of a cron line after a moment."""
    return next(CronSim(cron, moment.astimezone(UTC))).astimezone(UTC)


def _due(house: House) -> list[str]:
    with house.db.reading() as session:
        known = {row.name: row.due_at for row in session.scalars(select(PeriodicRow))}
    # A row may be due later than its cron line says: the line was changed since.
    if wrong := [name for name, job in JOBS.items() if name not in known or known[name] > job.following(house)]:
        with house.db.writing() as session:
            for name in wrong:
                session.merge(PeriodicRow(name=name, due_at=JOBS[name].following(house)))
    return [name for name, due_at in known.items() if name in JOBS and due_at <= now()]


def _run(house: House, job: Periodic) -> str | None:
    try:
        job.run(house)
    except Exception as error:  # the next run may fare better; the row and doctor say what happened
        log.exception("periodic.failed", job=job.name)
        return f"{type(error).__name__}: {error}"[:500]
    log.debug("periodic.ran", job=job.name)
    return None
