"""Mail on its way: to a folder or a server, single lines in every header, tried again while the server is away."""

import mailbox
import smtplib
import socket
from dataclasses import replace
from email import policy
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from sqlalchemy import delete, select

from portal.kernel.outbox import OutboxRow
from portal.mail import queue, refusals
from portal.mail.transport import Letter, message, transport
from tests.workings import drain

LETTER = Letter("petra@calder.example", "Petra Prospect", "Your answer", "Text.\n", "<p>Text.</p>", "key-1", from_name="Rhea via Tidewell")


class Kept(Message):
    """A mail server that keeps what it gets."""

    def __init__(self):
        super().__init__()
        self.got = []

    def handle_message(self, message):
        self.got.append(message)


@pytest.fixture
def server():
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield port, kept.got
    controller.stop()


def test_over_smtp_it_arrives_whole(house, server):
    port, got = server
    settings = replace(house.settings, mail_url=f"smtp://127.0.0.1:{port}", mail_from="portal@tidewell.example")
    transport(settings).send(message(settings, LETTER))
    (mail,) = got
    assert mail["From"] == "Rhea via Tidewell <portal@tidewell.example>"
    assert mail["To"] == "Petra Prospect <petra@calder.example>"
    assert mail["Message-ID"] == "<key-1@tidewell.example>"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_the_same_key_is_the_same_mail(house):
    assert message(house.settings, LETTER)["Message-ID"] == message(house.settings, LETTER)["Message-ID"]


@pytest.mark.parametrize("field", ["to_name", "subject", "from_name"])
def test_nothing_of_a_name_becomes_a_header(house, field):
    evil = "x\r\nBcc: eve@evil.example\r\n\r\n<b>body</b> =?utf-8?q?=0ABcc:_x=40y.example?="
    made = message(house.settings, replace(LETTER, **{field: evil})).as_bytes(policy=policy.SMTP)
    head = made.split(b"\r\n\r\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.split(b"\r\n"))


def test_to_a_folder_by_default(house):
    transport(house.settings).send(message(house.settings, LETTER))
    box = mailbox.Maildir(house.settings.data_dir / "mail")
    assert [mail["Subject"] for mail in box] == ["Your answer"]
    box.close()


def test_while_the_server_is_away_it_waits(house, acting, monkeypatch):
    """The row stays for the worker's next try, and a later try sends it once."""
    monkeypatch.setitem(queue.COMPOSERS, "test", lambda house, actor, word: replace(LETTER, subject=word))
    with acting("system") as system:
        queue.queue(system.session, "test", key="k", word="Hello")
    with house.db.reading() as session:
        rows = list(session.scalars(select(OutboxRow).where(OutboxRow.topic == queue.TOPIC)))
    away = transport(replace(house.settings, mail_url="smtp://127.0.0.1:1"))
    monkeypatch.setattr(house, "post", away)
    with pytest.raises(OSError, match="refused"):
        queue.send(house, rows)
    monkeypatch.setattr(house, "post", transport(house.settings))
    queue.send(house, rows)
    box = mailbox.Maildir(house.settings.data_dir / "mail")
    assert [mail["Subject"] for mail in box] == ["Hello"]
    box.close()


def test_a_letter_nobody_needs_any_more_is_not_sent(house, acting, monkeypatch):
    monkeypatch.setitem(queue.COMPOSERS, "test", lambda house, actor: None)
    with acting("system") as system:
        queue.queue(system.session, "test", key="k")
    with house.db.reading() as session:
        queue.send(house, list(session.scalars(select(OutboxRow).where(OutboxRow.topic == queue.TOPIC))))
    assert not list((house.settings.data_dir / "mail").rglob("*.*"))


class Choosy(Kept):
    """A mail server that refuses some addresses, and says why."""

    answers: ClassVar[dict[str, str]] = {
        "gone@calder.example": "550 5.1.1 No such user here",
        "old@calder.example": "550 Unknown user",
        "full@calder.example": "452 4.2.2 Mailbox full",
        "policy@calder.example": "550 5.7.1 Refused: listed by a block list",
        "listed@calder.example": "550 Blocked, see our list",
    }

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said := self.answers.get(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def choosy(house, monkeypatch):
    kept = Choosy()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    house.post = transport(replace(house.settings, mail_url=f"smtp://127.0.0.1:{port}"))
    made = []

    def compose(house, actor, *, to, asked_for=False):
        made.append(to)
        return replace(LETTER, to=to, asked_for=asked_for)

    monkeypatch.setitem(queue.COMPOSERS, "choosy", compose)
    with house.db.writing() as session:  # what the world still has to send may come due in between
        session.execute(delete(OutboxRow).where(OutboxRow.topic == queue.TOPIC))
    yield kept
    controller.stop()


def mail(house, acting, to, **refs):
    with acting("system") as system:
        queue.queue(system.session, "choosy", key=to, to=to, **refs)
    drain(house, topics=("mail",))


def refused(house, to):
    with house.db.reading() as session:
        return refusals.of(session, [to]).get(to)


@pytest.mark.parametrize(("to", "code"), [("gone@calder.example", "550 5.1.1"), ("old@calder.example", "550")])
def test_what_is_refused_for_good_is_kept_and_not_written_to_again(house, acting, choosy, to, code):
    drain(house)
    mail(house, acting, "petra@calder.example")
    assert len(choosy.got) == 1
    mail(house, acting, to)
    assert refused(house, to).code == code
    assert refusals.plainly(refused(house, to)) == "There is no such mailbox."
    choosy.answers = {}
    mail(house, acting, to)
    assert len(choosy.got) == 1, "spared"
    mail(house, acting, to, asked_for=True)
    assert len(choosy.got) == 2
    assert refused(house, to) is None, "it arrives again"
    mail(house, acting, to)
    assert len(choosy.got) == 3


@pytest.mark.parametrize("to", ["full@calder.example", "policy@calder.example", "listed@calder.example"])
def test_what_may_pass_is_tried_again(house, acting, choosy, to):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mail(house, acting, to)
    assert refused(house, to) is None
