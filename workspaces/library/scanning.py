"""What the virus scanner found, and that nobody is handed it. With a scanner, what it has not seen yet waits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.errors import Busy, Forbidden
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from workspaces.library.models import Scan


def threat_in(session: Session, sha256: str) -> str | None:
    """What was found in these bytes: "" for nothing, None where nobody has looked yet."""
    return session.scalar(select(Scan.threat).where(Scan.sha256 == sha256))


def refuse_threat(session: Session, sha256: str) -> bool:
    """Raises Forbidden for what is held back; whether the rest was looked at."""
    threat = threat_in(session, sha256)
    if threat:
        raise Forbidden(_("Held back by the virus check."))
    return threat is not None


def refuse_held(house: House, session: Session, sha256: str) -> None:
    """Raises Forbidden for what is held back, Busy for what was not looked at yet."""
    if not refuse_threat(session, sha256) and house.settings.clamd_url:
        raise Busy(_("The virus check has not come to this file yet. Try again in a moment."))
