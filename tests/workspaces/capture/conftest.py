"""Letters as programs write them, the door they come to, and what is on the trail afterwards."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.house import House
from tests.cast import World
from tests.running import free_port
from tests.workings import drain
from workspaces.capture import actions, lmtp
from workspaces.capture.models import Captured
from workspaces.forums.models import Forum, Post, Topic
from workspaces.rooms.models import Workspace

DOMAIN = "in.tidewell.example"


class Postman:
    """Hands letters over at the door as a mail server does, and has the worker read them."""

    def __init__(self, house: House, world: World) -> None:
        self.house, self.world = house, world
        self.addresses: dict[str, str] = {}
        self.ear = lmtp.ear(house)
        assert self.ear is not None
        self.ear.start()

    def address(self, of: str = "calder", by: str = "rhea") -> str:
        if of not in self.addresses:
            with self.house.db.writing() as session:
                actor = self.world.actor(session, by)
                if of in ("calder", "otway"):
                    made = actions.make_address(actor, session.get_one(Account, self.world.pks[of]))
                else:
                    made = actions.make_workspace_address(actor, session.get_one(Workspace, self.world.pks[of]))
                self.addresses[of] = f"{made.local}@{DOMAIN}"
        return self.addresses[of]

    def hand(self, letter: EmailMessage | bytes, *, to: str = "", envelope: str = "rhea@tidewell.example") -> tuple[int, bytes]:
        """What the door answered to the letter."""
        raw = letter if isinstance(letter, bytes) else letter.as_bytes()
        port = self.ear.server.sockets[0].getsockname()[1]
        with smtplib.LMTP("127.0.0.1", port) as line:
            line.ehlo()
            line.mail(envelope)
            code, said = line.rcpt(to or self.address())
            if code != 250:
                return code, said
            return line.data(raw)

    def bring(self, letter: EmailMessage | bytes, **more: str) -> tuple[int, bytes]:
        answer = self.hand(letter, **more)
        drain(self.house, topics=(actions.TOPIC,))
        return answer


@pytest.fixture
def settings(settings):  # type: ignore[no-untyped-def]
    return replace(settings, inbound_url=f"lmtp://127.0.0.1:{free_port()}", inbound_domain=DOMAIN)


@pytest.fixture
def postman(house: House, world: World) -> Iterator[Postman]:
    made = Postman(house, world)
    yield made
    made.ear.stop(no_assert=True)


def letter(
    subject: str = "Sensors", text: str = "We need 40 sensors by March.", *, by: str = "Rhea Rep <rhea@tidewell.example>",
    to: str = "Anna Weber <anna@calder.example>", id: str = "<1@tidewell.example>", date: str = "Mon, 05 Jan 2026 10:00:00 +0100",
    **headers: str,
) -> EmailMessage:  # fmt: skip
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Date"], made["Message-ID"] = by, to, subject, date, id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def talk(db: Session) -> list[tuple[str, str, str]]:
    """(topic, author's address, words) of what was captured, in its order."""
    db.rollback()
    found = select(Post).join(Topic, Topic.pk == Post.topic_pk).join(Forum, Forum.pk == Topic.forum_pk).where(Forum.title == "Imported")
    return [(post.topic.title, post.author.email, post.body) for post in db.scalars(found.order_by(Topic.pk, Post.created_at, Post.pk))]


def came(db: Session) -> list[Captured]:
    db.rollback()
    return list(db.scalars(select(Captured).order_by(Captured.pk)))


__all__ = ["DOMAIN", "Postman", "came", "letter", "talk"]
