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
    found = sorted((m for m in box if f"<{to}>" in m["To"] or m["To"] == to), key=lambda m: m["Date"])
    parts = [next(part for part in m.walk() if part.get_content_type() == "text/plain") for m in found]
    box.close()
    return [part.get_payload(decode=True).decode() for part in parts]


def link_in(text: str) -> str:
    """The path of the sign-in link."""
    return re.search(r"(/sign-in/link/[\w-]+)", text)[1]


def code_in(text: str) -> str:
    return re.search(r"^(\d{3} \d{3})$", text, re.MULTILINE)[1]
