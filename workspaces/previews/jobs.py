"""What has files read: that they came, in the worker; and twice an hour whatever came another way, or before there were previews."""

from typing import Any

from sqlalchemy import exists, literal, or_, select, true
from sqlalchemy.orm import Session

from portal.kernel import blobs, outbox
from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from portal.kernel.periodic import every
from workspaces.library.models import KEPT, FileVersion, Scan
from workspaces.moderation.models import Held, HeldFile
from workspaces.previews import actions, queries
from workspaces.previews.making import make
from workspaces.previews.models import Preview, PreviewPage

TOPIC = "previews"
AT_ONCE = 20_000  # that are asked for in one run
CAME = frozenset({"file.added", "file.version", "file.current"})

blobs.holds("pictures of pages", select(PreviewPage.picture, PreviewPage.size).where(PreviewPage.picture.is_not(None)))  # type: ignore[arg-type]


def wanted(session: Session, event: Any) -> list[Task]:
    if event.kind == "message.held":
        its = queries.held_files().where(Held.id == event.subject_id).with_only_columns(HeldFile.sha256)
        return [Task(sha256, {"sha256": sha256}) for sha256 in session.scalars(its.distinct())]
    sha256 = event.facts.get("sha256") if event.kind in CAME else None
    return [Task(sha256, {"sha256": sha256})] if sha256 else []


def handle(house: House, rows: list[OutboxRow]) -> None:
    for row in rows:
        make(house, row.payload["sha256"], again=row.payload.get("again", False))


consumer(Consumer(TOPIC, "Files to be read", wanted, handle, history=True))


@every("*/30 * * * *", "previews.catch_up", "Have files read that were not read yet, or by an older reader")
def catch_up(house: House) -> None:
    """Each asked for once: what waits in the outbox already is left alone."""
    with house.db.writing() as session:
        actions.forget(the_system(session))
        ask_for(session, everything=False, unscanned=bool(house.settings.clamd_url))


def ask_for(session: Session, *, everything: bool, unscanned: bool) -> int:
    """Queue bytes that are versions of files, or wait with a first message: those not read by this reader, with `unscanned` those no
    scanner has seen, or all."""
    held = queries.held_files().with_only_columns(HeldFile.sha256)
    bytes_ = select(FileVersion.sha256).where(KEPT).union(held).subquery().c.sha256
    queued = (outbox.OutboxRow.topic == TOPIC, outbox.OutboxRow.key == bytes_, outbox.OutboxRow.parked_at.is_(None))
    found = select(bytes_).outerjoin(Preview, Preview.sha256 == bytes_).where(~select(literal(1)).where(*queued).exists())
    if not everything:
        seen = exists().where(Scan.sha256 == bytes_) if unscanned else true()
        unread = or_(Preview.pk.is_(None), Preview.made_by != actions.READER, Preview.pictured.is_(False), ~seen)
        found = found.where(unread).limit(AT_ONCE)
    named = list(session.scalars(found))
    for sha256 in named:
        outbox.enqueue(session, TOPIC, Task(sha256, {"sha256": sha256, "again": everything}))
    return len(named)
