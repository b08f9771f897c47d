"""What tests share: the worker's work done at once, mails read, statements counted."""

from portal.kernel import outbox
from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS


def drain(house: House, *, topics: tuple[str, ...] = ()) -> None:
    """Do what waits in the outbox and is due, as the worker would; raises what a handler raises."""
    busy = True
    while busy:
        busy = False
        for consumer in CONSUMERS.values():
            if topics and consumer.topic not in topics:
                continue
            if consumer.idle:
                consumer.idle(house)
            with house.db.writing() as session:
                rows = outbox.waiting(session, consumer.topic, consumer.batch)
                session.expunge_all()
            if rows:
                busy = True
                consumer.handle(house, rows)
                if not consumer.keeps:
                    with house.db.writing() as session:
                        outbox.done(session, rows)
