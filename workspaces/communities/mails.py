"""The letter that asks whether somebody would like to be introduced, or tells who asked what the answer was."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.queries import wants_mail
from workspaces.communities import wording
from workspaces.communities.models import Introduction
from workspaces.communities.policy import May


@composes("introduction")
def introduction_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was seen, made or taken back meanwhile, they may not know of it any more, or want no mail from there."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    known = allowed(Actor(session, reader), May.READ_INTRODUCTION).where(Introduction.id == thing.removeprefix("introduction:"))
    about = session.scalar(known)
    if about is None or not session.scalar(select(wants_mail(person, [thing, place := f"workspace:{about.workspace.id}"]))):
        return None
    return telling(
        house,
        "introduction",
        reader,
        notices,
        silences=place,
        subject=lambda: _("%(what)s in “%(title)s”", what=wording.title(about), title=about.workspace.title),
        key=f"introduction-{notices[-1].id}",
        about=about,
        asked=reader.pk in (about.one_pk, about.other_pk),
        path=about.path,
    )
