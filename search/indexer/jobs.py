"""The one writer of the index: outbox rows become documents, and the rows stay until a checkpoint has them on the disk.

A row is kept, marked with its generation, because a web process may still hold an older one and finds the rest in the rows (the tail).
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.kernel import indexing, outbox
from portal.kernel.actor import the_system
from portal.kernel.house import House
from portal.kernel.indexing import FINDABLE
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from search.categories.actions import categorise
from search.engines import IndexDamaged, IndexMissing
from search.indexer import documents
from search.indexer.models import IndexState

TOPIC = indexing.TOPIC
REBUILD = "rebuild"  # the key of a row by which an operator asks the running worker to build anew
BATCH = 200
CHECKPOINT_EVERY = 30.0  # seconds
LOOK_EVERY = 5.0  # seconds: whether what is searched is still there
PURGE_EVERY = 600.0  # seconds: erased words leave the disk within the hour
log = structlog.get_logger(__name__)


def wanted(session: Session, event: Any) -> list[Task]:
    """Which documents an event touches."""
    keys = {f"{kind}:{id}" for kind, of in FINDABLE.items() for id in of.affected(session, event)}
    return [Task(key, {"key": key}) for key in sorted(keys)]


def index(house: House, rows: list[OutboxRow]) -> None:
    """Bring the documents of these rows up to date, publish, and mark the rows with the generation that has them."""
    state = _state(house)
    _open(house, state)
    if any(row.payload["key"] == REBUILD for row in rows):
        _rebuild(house)
    keys = [row.payload["key"] for row in rows if row.payload["key"] != REBUILD]
    _categorise(house, keys)
    with house.db.reading() as session:
        present, missing = documents.read(session, keys)
    try:
        generation = house.search.apply(present, missing)
    except IndexDamaged as damage:
        _set_aside(house, damage)
        _rebuild(house)
        generation = house.search.apply(present, missing)
    with house.db.writing() as session:
        outbox.done(session, rows, keep=True, generation=generation)


def _categorise(house: House, keys: list[str]) -> None:
    """What messages are is said before they are indexed. Where that fails, they are found all the same, without."""
    try:
        with house.db.writing() as session:
            categorise(the_system(session), keys=keys)
    except (ArithmeticError, LookupError, ValueError):
        log.exception("index.uncategorised", keys=len(keys))


def tick(house: House) -> None:
    """What is due beside the rows: begin or go on with a rebuild, checkpoint, rewrite what still holds deleted words."""
    state = _state(house)
    _open(house, state)
    try:
        if house.search.rebuilding():
            _rebuild(house)
        _keep_up(house, state, time.monotonic())
    except IndexDamaged as damage:
        _set_aside(house, damage)
        _rebuild(house)


def _keep_up(house: House, state: "_State", moment: float) -> None:
    if moment - state.looked > LOOK_EVERY:
        state.looked = moment
        house.search.generation()
    if moment - state.checkpointed > CHECKPOINT_EVERY:
        state.checkpointed = moment
        _forget(house, house.search.checkpoint())
    if moment - state.purged > PURGE_EVERY:
        state.purged = moment
        house.search.purge()


def rebuild(house: House) -> int:
    """Build the index anew beside the old one and swap; returns how many documents it holds."""
    count = 0
    try:
        with house.search.rebuild() as making, house.db.reading() as session:
            for position, chunk in documents.everything(session, making.position):
                making.add(chunk, position)
                count += len(chunk)
    except Exception:
        # What was in the making may be gone, for good: the next attempt begins with what is on the disk, as a new process would.
        house.search.close()
        _state(house).opened = False
        raise
    log.info("index.rebuilt", documents=count)
    return count


def ask_for_rebuild(session: Session) -> None:
    """Have the worker, which alone writes the index, build it anew."""
    outbox.enqueue(session, TOPIC, Task(REBUILD, {"key": REBUILD}))


@dataclass
class _State:
    opened: bool = False
    looked: float = 0.0
    checkpointed: float = 0.0
    purged: float = 0.0


def _state(house: House) -> _State:
    state: _State = house.extras.setdefault("indexer", _State(checkpointed=time.monotonic(), purged=time.monotonic()))
    return state


def place(house: House) -> str:
    """Where the index lies, without who may go there."""
    parts = urlsplit(house.settings.search_url)
    return f"{parts.scheme}:{parts.netloc.rpartition('@')[2]}{parts.path}"[:255]


def _open(house: House, state: _State) -> None:
    """Once per process: take the index as the last checkpoint left it; rows marked later are to be done again."""
    if state.opened:
        return
    try:
        left = house.search.recover()
        with house.db.reading() as session:
            _refuse_old_copy(session, left, place(house))
    except IndexMissing:
        left = _rebuild(house)
    except IndexDamaged as damage:
        _set_aside(house, damage)
        left = _rebuild(house)
    with house.db.writing() as session:
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.topic == TOPIC, OutboxRow.generation > left)
            .values(done_at=None, generation=None)
            .execution_options(synchronize_session=False)
        )
    state.opened = True


def _refuse_old_copy(session: Session, left: int, place: str) -> None:
    """An index that was not the one in use until now lacks what was indexed meanwhile."""
    known = session.get(IndexState, 1)
    if known is None:
        raise IndexDamaged("the database knows of none")
    if left < known.durable:
        raise IndexDamaged("it is older than what was forced to the disk")
    if known.place not in ("", place):
        raise IndexDamaged(f"another one was kept up meanwhile, in {known.place}")


def _set_aside(house: House, damage: IndexDamaged) -> None:
    """Keep what is damaged, for whoever wants to know why. Where there is none yet, as on the first start, nothing is wrong."""
    if isinstance(damage, IndexMissing):
        log.info("index.missing")
        house.search.close()  # if it was taken away while we wrote it, begin with a new folder
        return
    log.warning("index.damaged", reason=str(damage))
    house.search.quarantine()


def _rebuild(house: House) -> int:
    rebuild(house)
    forced: int = house.search.checkpoint()
    _forget(house, forced)
    return forced


def _forget(house: House, forced: int) -> None:
    """Rows that a checkpoint has forced to the disk have done their work."""
    with house.db.writing() as session:
        session.merge(IndexState(pk=1, durable=forced, place=place(house)))
        session.execute(
            delete(OutboxRow)
            .where(OutboxRow.topic == TOPIC, OutboxRow.done_at.is_not(None), OutboxRow.generation <= forced)
            .execution_options(synchronize_session=False)
        )


consumer(Consumer(TOPIC, "Documents to be indexed", wanted, index, batch=BATCH, keeps=True, idle=tick, history=True))
