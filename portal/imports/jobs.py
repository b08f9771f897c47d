"""The worker's part: runs that pages have asked for, one at a time, each going on where it stopped."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.imports import running
from portal.imports.actions import TOPIC
from portal.imports.models import BUSY, RUNNING, UNDOING, WAITING, ImportedThing, ImportReject, ImportRun
from portal.kernel.blobs import holds
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from portal.kernel.periodic import every

KEPT = timedelta(days=30)


def carry_on(house: House, rows: list[OutboxRow]) -> None:
    for row in rows:
        run_pk = row.payload["run"]
        with house.db.reading() as session:
            run = session.get_one(ImportRun, run_pk)
            state, source = run.state, running.source_of(house, run)
        try:
            if state in (WAITING, RUNNING):
                running.carry_out(house, run_pk, source)
            elif state == UNDOING:
                running.take_back(house, run_pk)
        except Invalid:
            continue  # the run says why
        except FileNotFoundError:
            running.fail(house, run_pk, "its file is gone")


def _of_no_event(session: Session, event: Any) -> list[Task]:
    return []


@every("29 3 * * *", "imports.forget", "Forget imported files, and the rows that were refused, a month after")
def forget(house: House) -> None:
    """What was read holds names and addresses; after a month it is no longer needed, and the import can no longer be taken back."""
    with house.db.writing() as session:
        old = list(session.scalars(select(ImportRun.pk).where(ImportRun.created_at < now() - KEPT, ImportRun.state.not_in(BUSY))))
        for model in (ImportReject, ImportedThing):
            session.execute(delete(model).where(model.run_pk.in_(old)))
        session.execute(update(ImportRun).where(ImportRun.pk.in_(old)).values(sha256="", size=0))


consumer(Consumer(TOPIC, "Files to be imported", _of_no_event, carry_on))
holds("imports", select(ImportRun.sha256, ImportRun.size).where(ImportRun.sha256 != ""))
