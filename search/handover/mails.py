"""The letter that tells a client who looks after them now."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.queries import wants_mail
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@composes("handover")
def handover_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was seen meanwhile, they are not in the workspace any more, or want no mail from there."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    known = allowed(Actor(session, reader), Rooms.READ_WORKSPACE).where(Workspace.id == thing.removeprefix("handover:"))
    workspace = session.scalar(known)
    if workspace is None or not session.scalar(select(wants_mail(person, [place := f"workspace:{workspace.id}"]))):
        return None
    event = session.scalars(select(Event).where(Event.id == notices[-1].event_id)).one()
    was, name = event.facts.get("was", ""), event.facts.get("now", "")
    return telling(
        house,
        "handover",
        reader,
        notices,
        silences=place,
        subject=lambda: _("%(name)s looks after “%(title)s” now", name=name, title=workspace.title),
        key=f"handover-{notices[-1].id}",
        workspace=workspace,
        was=was,
        name=name,
    )
