"""The letter that says that the virus check held back a file."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.events import Event
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.queries import wants_mail
from workspaces.library.models import File
from workspaces.library.policy import May


@composes("held")
def held_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where they have seen it, may not know of the file any more, or want no mail from there. Nothing of the file comes with it."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    try:
        file: File = fetch(Actor(session, reader), May.READ_FILE, thing.removeprefix("file:"))
    except NotFound:
        return None
    if not session.scalar(select(wants_mail(person, [thing, place := f"workspace:{file.workspace.id}"]))):
        return None
    told = select(Event.facts).where(Event.id.in_([notice.event_id for notice in notices]))
    held = {facts.get("number") for facts in session.scalars(told)}
    return telling(
        house,
        "held",
        reader,
        notices,
        silences=place,
        subject=lambda: _("Held back by the virus check: %(name)s", name=file.name),
        key=f"held-{notices[-1].id}",
        file=file,
        own=any(version.by_pk == person and version.number in held for version in file.versions),
    )
