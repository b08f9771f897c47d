"""Mail that comes back: which refusals are for good, which addresses had one, and what that means in plain words."""

import re
from collections.abc import Iterable
from smtplib import SMTPRecipientsRefused

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.kernel.words import gettext as _
from portal.mail.models import RefusedAddress

STATUS = re.compile(r"\s*(5\.\d{1,3}\.\d{1,3})\b")
BARE = (550, 551, 553)  # there is no such mailbox, where the server says no more
POLICY = re.compile(r"spam|block|polic|reputation|listed|relay|denied|authenticat|spf|dkim|dmarc", re.IGNORECASE)
CLOSED = "5.2.1"


def for_good(error: SMTPRecipientsRefused) -> tuple[str, str] | None:
    """Code and words where the server says that there is no such mailbox. None where it may take the mail another time, or would take
    that of somebody else: then the queue tries again, and says so where operators look."""
    code, told = next(iter(error.recipients.values()), (0, b""))
    said = " ".join((told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)).split())[:500]
    if not 500 <= code < 600:
        return None
    if (status := STATUS.match(said)) is not None:
        dead = status[1] == CLOSED or status[1].split(".")[1] in ("0", "1")
        return (f"{code} {status[1]}", said) if dead and not (status[1].startswith("5.0") and POLICY.search(said)) else None
    return (str(code), said) if code in BARE and not POLICY.search(said) else None


def note(session: Session, email: str, code: str, said: str) -> None:
    """Nothing more goes there."""
    session.merge(RefusedAddress(email=email.lower(), at=now(), code=code, said=said))


def forget(session: Session, *emails: str) -> None:
    """It is tried again."""
    session.execute(delete(RefusedAddress).where(RefusedAddress.email.in_([email.lower() for email in emails])))


def of(session: Session, emails: Iterable[str]) -> dict[str, RefusedAddress]:
    """Those of these addresses that mail came back from."""
    asked = select(RefusedAddress).where(RefusedAddress.email.in_({email.lower() for email in emails}))
    return {row.email: row for row in session.scalars(asked)}


def plainly(refused: RefusedAddress) -> str:
    """What the server meant, for people."""
    status = refused.code.rpartition(" ")[2]
    if status == CLOSED:
        return _("The mailbox is closed.")
    if status in ("5.1.2", "5.1.10"):
        return _("Nobody takes mail for what stands behind the @.")
    return _("There is no such mailbox.")
