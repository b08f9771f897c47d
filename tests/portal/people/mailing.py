"""The worker's part, by hand: write and send what waits, and read what came."""

import mailbox
import re

from sqlalchemy import select

from portal.kernel.house import House
from portal.kernel.outbox import OutboxRow
from portal.mail import queue


def deliver(house: House) -> None:
    """Send what waits, as the worker would."""
    with house.db.reading() as session:
        rows = list(session.scalars(select(OutboxRow).where(OutboxRow.topic == queue.TOPIC).order_by(OutboxRow.pk)))
    queue.send(house, rows)
    with house.db.writing() as session:
        for row in rows:
            session.delete(session.get(OutboxRow, row.pk))


def texts(house: House, to: str) -> list[str]:
    """The text parts of what was sent to an address, oldest first."""
    box = mailbox.Maildir(house.settings.data_dir / "mail", create=True)
    found = [mail for _, mail in sorted(box.iteritems(), key=_arrival) if f"<{to}>" in mail["To"] or mail["To"] == to]
    parts = [next(part for part in m.walk() if part.get_content_type() == "text/plain") for m in found]
    box.close()
    return [part.get_payload(decode=True).decode() for part in parts]


def _arrival(item: tuple[str, object]) -> tuple[int, int]:
    """When a letter came, to the microsecond, by its name in the folder."""
    seconds, micro = re.match(r"(\d+)\.M(\d+)P", item[0]).groups()
    return int(seconds), int(micro)


def link_in(text: str) -> str:
    """The path of the sign-in link."""
    return re.search(r"(/sign-in/link/[\w-]+)", text)[1]


def code_in(text: str) -> str:
    return re.search(r"^(\d{3} \d{3})$", text, re.MULTILINE)[1]
