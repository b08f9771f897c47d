"""The mail that would go out, read by the tests as its recipients would."""

import re
from email.message import EmailMessage

import pytest

from portal.kernel import outbox
from portal.kernel.house import House
from portal.mail import queue


class Mailbox:
    """Everything sent so far, oldest first."""

    def __init__(self, house: House) -> None:
        self.house, self.sent = house, []
        house.post = self

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)

    def deliver(self) -> "Mailbox":
        """Let the worker write and send what waits."""
        with self.house.db.writing() as session:
            rows = outbox.waiting(session, queue.TOPIC, 500)
            session.expunge_all()
        queue.send(self.house, rows)
        with self.house.db.writing() as session:
            outbox.done(session, [session.merge(row) for row in rows])
        return self

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.deliver().sent if address in message["To"]]

    def text(self, address: str) -> str:
        return self.to(address)[-1].get_body(("plain",)).get_content()

    def link(self, address: str) -> str:
        """The token of the newest invitation."""
        return re.findall(r"/i/([A-Za-z0-9_-]+)", self.text(address))[-1]

    def link_of_first(self, address: str) -> str:
        """The token of the first mail: the invitation itself."""
        return re.findall(r"/i/([A-Za-z0-9_-]+)", self.to(address)[0].get_body(("plain",)).get_content())[-1]

    def code(self, address: str) -> str:
        return re.search(r"^\d{6}$", self.text(address), re.MULTILINE)[0]


@pytest.fixture
def mailbox(house: House) -> Mailbox:
    return Mailbox(house)
