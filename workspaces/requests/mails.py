"""The letter that tells those who decide that somebody would like to come in, and a colleague who proposed them what was decided."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.letters import absolute, letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices import stops
from portal.notices.actions import mark_mailed
from portal.notices.models import Notice
from portal.notices.queries import wants_mail
from portal.people.models import Person
from workspaces.requests import wording
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May


@composes("entry_request")
def request_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was seen or answered meanwhile, they may not know of it any more, or want no mail from there."""
    session = system.session
    reader = session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    waiting = (Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.done_at.is_(None))
    found = select(Notice).where(Notice.person_pk == person, Notice.thing == thing, *waiting).order_by(Notice.pk)
    notices = list(session.scalars(found))
    if reader is None or not notices:
        return None
    known = allowed(Actor(session, reader), May.READ_REQUEST).where(EntryRequest.id == thing.removeprefix("entry_request:"))
    about = session.scalar(known)
    if about is None or not session.scalar(select(wants_mail(person, [thing, f"workspace:{about.workspace.id}"]))):
        return None
    stop = f"/unsubscribe/{stops.token(house.settings.secret_key, person, f'workspace:{about.workspace.id}')}"
    mailed = [notice.pk for notice in notices]
    return letter(
        house,
        "entry_request",
        to=reader,
        subject=lambda: _("%(what)s: “%(title)s”", what=wording.title(about), title=about.workspace.title),
        key=f"entry-request-{notices[-1].id}",
        headers={"List-Unsubscribe": f"<{absolute(house, stop)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        sent=lambda session: mark_mailed(session, mailed),
        about=about,
        path=about.path,
        stop_url=absolute(house, stop),
        choices_url=absolute(house, "/me/settings/notifications"),
    )
