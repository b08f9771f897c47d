"""A new version on the shelf goes to every place that follows it."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from workspaces.library.models import File, Folder
from workspaces.shelf import actions
from workspaces.shelf.models import Placement

TOPIC = "shelf"
NEWS = frozenset({"file.version", "file.current"})  # after these another version is the master's
BACK = frozenset({"file.restored", "folder.restored"})  # after these a master, or where it is placed, is there again


def wanted(session: Session, event: Any) -> list[Task]:
    """Asked of every new version of a file and of what was brought back; only masters that are placed somewhere have a task."""
    if event.kind not in NEWS | BACK:
        return []
    its = select(File.pk).where(File.id == event.subject_id)
    if event.subject_kind == "folder":
        its = select(File.pk).join(Folder, Folder.pk == File.folder_pk).where(Folder.id == event.subject_id)
    which = or_(Placement.master_pk.in_(its), Placement.file_pk.in_(its)) if event.kind in BACK else Placement.master_pk.in_(its)
    masters = select(File.id).where(File.pk.in_(select(Placement.master_pk).where(which))).order_by(File.pk)
    return [Task(id, {"master": id}) for id in session.scalars(masters)]


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
