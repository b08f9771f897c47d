"""A new version on the shelf goes to every place that follows it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from workspaces.library.models import File
from workspaces.shelf import actions
from workspaces.shelf.models import Placement

TOPIC = "shelf"
NEWS = frozenset({"file.version", "file.current", "file.restored"})  # after these another version is the master's


def wanted(session: Session, event: Any) -> list[Task]:
    """Asked of every new version of a file; only masters that are placed somewhere have a task."""
    if event.kind not in NEWS:
        return []
    placed = select(Placement.pk).join(File, File.pk == Placement.master_pk).where(File.id == event.subject_id).limit(1)
    return [Task(event.subject_id, {"master": event.subject_id})] if session.scalar(placed) is not None else []


def handle(house: House, rows: list[OutboxRow]) -> None:
    """Each place in a transaction of its own: where it came already nothing happens again."""
    for row in rows:
        with house.db.reading() as session:
            its = select(Placement.pk).join(File, File.pk == Placement.master_pk).where(File.id == row.payload["master"])
            found = list(session.scalars(its.order_by(Placement.pk)))
        for pk in found:
            with house.db.writing() as session:
                actions.arrive(the_system(session), session.get_one(Placement, pk))


consumer(Consumer(TOPIC, "Placed documents follow the shelf", wanted, handle))
