"""Where the names change, messages that may say them are looked at anew: by what indexes them, which says what they are before."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Note
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.indexing import index_again
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from search.names.events import ALL
from search.names.queries import may_say
from workspaces.forums.models import Post

TOPIC = "names"
AT_ONCE = 500  # messages in one transaction
NAMES = frozenset(kind.name for kind in ALL)


def wanted(session: Session, event: Any) -> list[Task]:
    return [Task(event.subject_id, {"event": event.id})] if event.kind in NAMES else []


def look_again(house: House, rows: list[OutboxRow]) -> None:
    """One look through the messages for all the names that changed."""
    with house.db.reading() as session:
        found = session.scalars(select(Event).where(Event.id.in_([row.payload["event"] for row in rows])))
        said = sorted({words for event in found for words in event.facts.get("said", ())})
    for kind, model in (("post", Post), ("note", Note)):
        last = 0
        while True:
            with house.db.writing() as session:
                some = select(model.pk, model.id).where(model.pk > last, may_say(model.body, said)).order_by(model.pk).limit(AT_ONCE)
                ids = session.execute(some).all()
                index_again(session, kind, [id for _pk, id in ids])
            if not ids:
                break
            last = ids[-1][0]


consumer(Consumer(TOPIC, "Messages that say a changed name are looked at again", wanted, look_again, batch=100))
