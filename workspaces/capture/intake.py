"""Letters at the door: which address they are for, which nobody wants, what the mail server found of the sender. A letter is kept here
before it is said to be taken; what becomes of it comes later."""

import hashlib
import re
from datetime import timedelta
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.kernel.actor import the_system
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.schemas import clean
from workspaces.capture import actions
from workspaces.capture.actions import Arrival
from workspaces.capture.models import MAIL, CaptureAddress, Captured
from workspaces.capture.reading import digest_of
from workspaces.forums.importing.parsing import addresses_of, header_of

LARGEST = 40 * 2**20  # bytes of one letter
MOST_IN_AN_HOUR = 500  # letters to one address
HOPS = 50  # a letter that went through more servers goes in a circle
PROOFS = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]{1,12})", re.IGNORECASE)
ALIGNED = re.compile(r"\b(?:header\.(?:d|from|i)|smtp\.mailfrom)\s*=\s*\"?(?:[^\s@;\"]*@)?([a-z0-9.-]+)", re.IGNORECASE)
log = structlog.get_logger(__name__)


class Full(Exception):
    """Too many letters came to this address lately; another time."""


def address_named(session: Session, settings_domain: str, told: str) -> CaptureAddress | None:
    """The address of ours that a letter is for; None for any other."""
    local, _at, domain = told.strip().strip("<>").lower().rpartition("@")
    if domain != settings_domain:
        return None
    address = session.scalar(select(CaptureAddress).where(CaptureAddress.local == local[:40], CaptureAddress.ended_at.is_(None)))
    if address is None or (address.account is not None and address.account.removed_at is not None):
        return None
    return address if address.workspace is None or not address.workspace.archived else None


def knows(house: House, told: str) -> bool:
    """Whether letters to this address are taken."""
    with house.db.reading() as session:
        return address_named(session, house.settings.capture_domain, told) is not None


def keep(house: House, told: str, envelope: str, raw: bytes) -> None:
    """Keep a letter, durably; nothing comes of one that a program has sent by itself. Raises Full, LookupError where the address has
    ended meanwhile, what the database or the storage raises where they are away."""
    mail = BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:256_000])
    if why := unwanted(house, mail, envelope):
        log.info("capture.ignored", why=why)
        return
    message_id, digest = digest_of(raw)
    stored = house.storage.put([raw], LARGEST)
    came = Arrival(
        name=header(mail, "Subject")[:200] or "-",
        sha256=stored.sha256,
        size=stored.size,
        message_id=message_id,
        digest=digest,
        sender=sender_of(mail),
        proven=proven(house, mail),
    )
    with house.db.writing() as session:
        address = address_named(session, house.settings.capture_domain, told)
        if address is None:
            raise LookupError
        _refuse_flood(session, address)
        actions.receive(the_system(session), address, arrival=came)


def unwanted(house: House, mail: Message, envelope: str) -> str:
    """Why nothing comes of a letter: answers of machines, bounces, lists, what goes in a circle, what we have sent ourselves."""
    told = {name.lower(): header(mail, name).lower() for name in set(mail.keys())}
    ours = house.settings.mail_from or f"mainstay@{house.settings.capture_domain}"
    if not envelope.strip("<> "):
        return "it is a bounce"
    if told.get("auto-submitted", "no").split(";")[0].strip() != "no":
        return "a program sent it"
    if told.get("precedence", "") in ("bulk", "junk", "list", "auto_reply"):
        return "it went to many"
    if {"list-id", "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-response-suppress-reply"} & told.keys():
        return "it went to many, or a program answered"
    if len(mail.get_all("Received", [])) > HOPS:
        return "it goes in a circle"
    if sender_of(mail) == ours.lower() or sender_of(mail).endswith(f"@{house.settings.capture_domain}"):
        return "it is our own"
    own = f"@{ours.rpartition('@')[2]}>".lower()
    return "it is our own" if told.get("message-id", "").endswith(own) and "auto-submitted" in told else ""


def sender_of(mail: Message) -> str:
    """The one address that it says it is from; '' for none or several."""
    found = {email.strip().lower() for _name, email in addresses_of(mail, "From") if "@" in email}
    return found.pop()[:254] if len(found) == 1 and len(mail.get_all("From", [])) == 1 else ""


def proven(house: House, mail: Message) -> str:
    """What the server in front of us found of the sender: `pass`, `fail` or nothing. Only its own line is believed, which is the
    topmost; without a name for that server none is believed for good."""
    lines = [" ".join(str(each).split()) for each in mail.get_all("Authentication-Results", [])]
    named = house.settings.inbound_authserv
    mine = [line for line in lines if not named or line.split(";")[0].split(" ")[0].strip().lower() == named][:1]
    if not mine:
        return ""
    found = {name.lower(): result.lower() for name, result in PROOFS.findall(mine[0])}
    domain = sender_of(mail).rpartition("@")[2]
    aligned = any(domain == each.lower() or domain.endswith(f".{each.lower()}") for each in ALIGNED.findall(mine[0]))
    if found.get("dmarc") == "pass" or (aligned and "pass" in (found.get("dkim"), found.get("spf"))):
        return "pass"
    return "fail" if found.get("dmarc") == "fail" or found.get("spf") == "fail" or named else ""


def header(mail: Message, name: str) -> str:
    """One header on one line, whatever it holds."""
    return clean(header_of(mail, name))


def _refuse_flood(session: Session, address: CaptureAddress) -> None:
    place = (address.account or address.workspace).id  # type: ignore[union-attr]
    since = Captured.created_at > now() - timedelta(hours=1)
    count = session.scalar(select(func.count()).where(Captured.place == place, Captured.way == MAIL, since)) or 0
    if count >= MOST_IN_AN_HOUR:
        raise Full


def name_in_logs(told: str) -> str:
    """An address is a secret: what stands in logs tells one from another and nothing else."""
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:8]
