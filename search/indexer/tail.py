"""What is committed but not yet in the generation a process holds: a message is findable at its own commit."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.kernel.outbox import OutboxRow
from search.engines import Tail
from search.indexer import documents
from search.indexer.jobs import TOPIC

LONGEST = 500  # rows; past that the indexer is far behind and the newest count most


def tail(session: Session, generation: int) -> Tail:
    """The documents of all rows that this generation does not hold."""
    rows = session.scalars(
        select(OutboxRow.payload)
        .where(OutboxRow.topic == TOPIC, or_(OutboxRow.done_at.is_(None), OutboxRow.generation > generation))
        .order_by(OutboxRow.pk.desc())
        .limit(LONGEST)
    )
    keys = [row["key"] for row in rows]
    if not keys:
        return Tail()
    present, missing = documents.read(session, keys)
    return Tail(present, missing)
