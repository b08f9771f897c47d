"""The mail queue: a topic of the outbox. What is queued is a wish; letter, recipient's rights and links are made when it is sent."""

from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import structlog
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor, the_system
from portal.kernel.house import House
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer, enqueue
from portal.mail import refusals
from portal.mail.transport import Letter, message

TOPIC = "mail"
log = structlog.get_logger(__name__)

Compose = Callable[..., Letter | None]  # (house, system actor, **refs); None: no longer to be sent
COMPOSERS: dict[str, Compose] = {}


def composes(kind: str) -> Callable[[Compose], Compose]:
    """Register how the letters of a kind are written, from ids, at the moment of sending."""

    def declare(compose: Compose) -> Compose:
        COMPOSERS[kind] = compose
        return compose

    return declare


def queue(session: Session, kind: str, *, key: str, delay: timedelta = timedelta(0), **refs: Any) -> OutboxRow:
    """Have a letter written and sent after the commit (and the delay). `refs` are ids and plain values; `key` keeps one order."""
    return enqueue(session, TOPIC, Task(key, {"kind": kind, **refs}, delay))


def send(house: House, rows: list[OutboxRow]) -> None:
    """The worker's handler. The letter is written in one short transaction, and sent outside of any."""
    for row in rows:
        refs = dict(row.payload)
        with house.db.writing() as session:
            actor: Actor = the_system(session)
            letter = COMPOSERS[refs.pop("kind")](house, actor, **refs)
            if letter is not None and not letter.asked_for and refusals.of(session, [letter.to]):
                log.info("mail.spared", kind=row.payload["kind"])
                letter = None
        if letter is not None and _sent(house, letter, row.payload["kind"]) and (letter.sent is not None or letter.asked_for):
            with house.db.writing() as session:
                refusals.forget(session, letter.to)
                if letter.sent is not None:
                    letter.sent(session)


def _sent(house: House, letter: Letter, kind: str) -> bool:
    """Whether it is on its way. An address that its server refuses for good is noted, and written to no more."""
    try:
        house.post.send(message(house.settings, letter))
    except SMTPRecipientsRefused as error:
        if (gone := refusals.for_good(error)) is None:
            raise
        with house.db.writing() as session:
            refusals.note(session, letter.to, *gone)
        log.info("mail.refused", kind=kind, code=gone[0])
        return False
    log.info("mail.sent", kind=kind)
    return True


consumer(Consumer(TOPIC, "Letters to be written and sent", lambda session, event: [], send))
