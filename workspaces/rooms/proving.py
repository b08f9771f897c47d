"""Whether whoever opens an invitation has its mailbox: the mailed link says so itself, the link that staff pass on needs a code."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from workspaces.rooms import actions
from workspaces.rooms.queries.invited import SHOWN, Found, found


@dataclass(frozen=True)
class Proof:
    """`words` say what is missing where it is not proven."""

    proven: bool
    words: str = ""


def prove(house: House, token: str, code: str) -> Proof:
    """Try a code in a transaction of its own: a wrong one is counted whatever becomes of the request. Without one, have one mailed."""
    with house.db.reading() as session:
        if not _is_shown(found(session, token)):
            return Proof(True)
    with house.db.writing() as session:
        link = found(session, token)
        if link is None or not _is_shown(link):
            return Proof(True)
        return _try(session, link, code, house.settings.secret_key)


def have_code_mailed(house: House, token: str) -> None:
    """Opening the link that staff pass on sends the code. It is the one thing that a look at a page sets off: it consumes nothing,
    goes to the invited mailbox alone, and happens once in fifteen minutes however often the page is opened."""
    with house.db.writing() as session:
        link = found(session, token)
        if link is not None and _is_shown(link):
            actions.ask_code(Actor(session), link.invitation)


def masked(email: str) -> str:
    """The address as it is shown to who has not proven to be it: p…@calder.example."""
    mailbox, _at, domain = email.partition("@")
    return f"{mailbox[:1]}…@{domain}"


def _try(session: Session, link: Found, code: str, key: str) -> Proof:
    actor, invitation = Actor(session), link.invitation
    if not code.strip():
        actions.ask_code(actor, invitation)
        return Proof(False, _("Type the six digits that were mailed to %(email)s.", email=masked(invitation.email)))
    try:
        right = actions.try_code(actor, invitation, code=code, key=key)
    except Invalid as wrong:
        return Proof(False, wrong.errors[0][1])
    return Proof(right, "" if right else _("This is not the code in the newest mail to %(email)s.", email=masked(invitation.email)))


def _is_shown(link: Found | None) -> bool:
    return link is not None and link.by == SHOWN
