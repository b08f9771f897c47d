"""The index against the database: what is missing, stale, or too much. What waits in the outbox is no difference."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.kernel.checks import check
from portal.kernel.house import House
from portal.kernel.indexing import FINDABLE
from portal.kernel.outbox import OutboxRow
from search.engines import IndexAway, IndexDamaged, fingerprint
from search.indexer import documents
from search.indexer.jobs import TOPIC


@check("index")
def index(house: House, session: Session) -> Iterator[str]:
    """The index equals the database."""
    yield from differences(house)


def differences(house: House) -> Iterator[str]:
    """Each difference in one line; none yielded means that the index equals the database."""
    try:
        house.search.verify()
        indexed = dict(house.search.keys())
    except IndexDamaged as damage:
        yield f"the index cannot be read: {damage}; it rebuilds itself, or: mainstay index rebuild"
        return
    except IndexAway as away:
        yield f"the index cannot be asked: {away}"
        return
    with house.db.reading() as session:
        waiting = set(session.scalars(select(OutboxRow.key).where(OutboxRow.topic == TOPIC, OutboxRow.done_at.is_(None))))
        for _, chunk in documents.everything(session):
            for each in chunk:
                held = indexed.pop(each.key, None)
                if each.key in waiting or held == fingerprint(each):
                    continue
                yield f"{each.key} is not in the index" if held is None else f"{each.key} is out of date in the index"
    for key in indexed.keys() - waiting:
        yield f"{key} is in the index but not to be found in the database"


def status(house: House) -> dict[str, Any]:
    """Generation, documents by the database, rows that wait, and whether a rebuild is on."""
    with house.db.reading() as session:
        waits = select(func.count()).where(OutboxRow.topic == TOPIC, OutboxRow.done_at.is_(None), OutboxRow.parked_at.is_(None))
        told: dict[str, Any] = {"waiting": session.scalar(waits)}
        told["kinds"] = {kind: session.scalar(select(func.count()).select_from(of.model)) for kind, of in FINDABLE.items()}
    try:
        told |= {"generation": house.search.generation(), "state": "ready"}
    except IndexDamaged as damage:
        told |= {"generation": None, "state": f"damaged: {damage}"}
    except IndexAway as away:
        return told | {"generation": None, "state": f"away: {away}"}
    if house.search.rebuilding():
        told["state"] = "rebuilding"
    return told
