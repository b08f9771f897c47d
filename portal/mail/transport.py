"""Mail on its way out: a maildir by default, SMTP where one is configured."""

import mailbox
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.kernel.settings import Settings

TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Letter:
    """One mail to one mailbox. `key` makes its Message-ID: the same key sent again is the same mail."""

    to: str
    to_name: str
    subject: str
    text: str
    html: str
    key: str
    from_name: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    asked_for: bool = False  # somebody waits for it at this moment: it goes even where mail came back before
    sent: Callable[[Session], None] | None = None  # called in a transaction of its own once the mail is on its way


class Transport(Protocol):
    """A way out. Raises OSError or smtplib.SMTPException where it is shut; the queue tries again."""

    def send(self, message: EmailMessage) -> None: ...


class Maildir:
    """Letters as files, for the demo, tests and small beginnings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        box = mailbox.Maildir(self.folder, create=True)
        box.add(message.as_bytes(policy=SMTP))
        box.close()


class Smtp:
    """A mail server, over TLS where it offers it; `smtps` from the first byte."""

    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def send(self, message: EmailMessage) -> None:
        with self.connect() as server:
            server.send_message(message)

    def connect(self) -> smtplib.SMTP:
        """A connection that is ready to send: encrypted where the server offers it, signed in where a name is configured."""
        server = self._reach()
        if self.url.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        return server

    def _reach(self) -> smtplib.SMTP:
        host = self.url.hostname or "localhost"
        if self.url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self.url.port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
        server = smtplib.SMTP(host, self.url.port or 25, timeout=TIMEOUT)
        server.ehlo()
        return server


def transport(settings: Settings) -> Transport:
    """The way out that the settings name."""
    if settings.mail_url.startswith("maildir:"):
        return Maildir(Path(settings.mail_url.removeprefix("maildir:") or settings.data_dir / "mail"))
    return Smtp(settings.mail_url)


def message(settings: Settings, letter: Letter) -> EmailMessage:
    """The letter as RFC 5322 has it. Names and subjects are single lines: nothing of theirs becomes a header."""
    made = EmailMessage()
    sender = settings.mail_from or f"mainstay@{urlsplit(settings.base_url).hostname or 'localhost'}"
    made["From"] = Address(_line(letter.from_name) or "Mainstay", addr_spec=sender)
    made["To"] = Address(_line(letter.to_name), addr_spec=letter.to)
    made["Subject"] = _line(letter.subject)
    made["Date"] = now()
    made["Message-ID"] = f"<{letter.key}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        made[name] = _line(value)
    made.set_content(letter.text)
    made.add_alternative(letter.html, subtype="html")
    return made


def _line(text: str) -> str:
    return " ".join(text.split())
