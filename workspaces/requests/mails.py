"""The letter that tells those who decide that somebody would like to come in, and a colleague who proposed them what was decided."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.queries import wants_mail
from workspaces.requests import wording
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May


@composes("entry_request")
def request_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was seen or answered meanwhile, they may not know of it any more, or want no mail from there."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    known = allowed(Actor(session, reader), May.READ_REQUEST).where(EntryRequest.id == thing.removeprefix("entry_request:"))
    about = session.scalar(known)
    if about is None or not session.scalar(select(wants_mail(person, [thing, place := f"workspace:{about.workspace.id}"]))):
        return None
    return telling(
        house,
        "entry_request",
        reader,
        notices,
        silences=place,
        subject=lambda: _("%(what)s: “%(title)s”", what=wording.title(about), title=about.workspace.title),
        key=f"entry-request-{notices[-1].id}",
        about=about,
        path=about.path,
    )
