"""One letter for what moderation tells: to moderators that something waits, to authors and reporters what was decided."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.models import Notice
from portal.notices.queries import wants_mail
from workspaces.moderation import wording
from workspaces.moderation.models import Flag, Held, Ruling
from workspaces.moderation.policy import May


@composes("moderation")
def moderation_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was read or taken back meanwhile, they may not know of it any more, or want no mail from there."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices:
        return None
    about = _about(Actor(session, reader), notices[-1])
    if about is None or not session.scalar(select(wants_mail(person, [thing, place := f"workspace:{about.workspace.id}"]))):
        return None
    return telling(
        house,
        "moderation",
        reader,
        notices,
        silences=place,
        subject=lambda: _subject(notices[-1], about),
        key=f"moderation-{notices[-1].id}",
        told_as=notices[-1].why,
        about=about,
        said=lambda: wording.told(notices[-1].why, about),
        path=about.path,
    )


def _subject(notice: Notice, about: Flag | Ruling | Held) -> str:
    title = about.called
    if isinstance(about, Held) and notice.why == "report":
        return _("A first message waits in “%(title)s”", title=about.workspace.title)
    if notice.why == "report":
        return _("Reported: a message in “%(title)s”", title=title)
    if notice.why == "ruling":
        return _("About your message in “%(title)s”", title=title)
    return _("About what you reported in “%(title)s”", title=title)


def _about(actor: Actor, notice: Notice) -> Flag | Ruling | Held | None:
    """What the newest entry points at, while they may know of it; a report that was decided about is no news for moderators."""
    if notice.source_kind == Ruling.__kind__:
        return actor.session.scalar(allowed(actor, May.READ_RULING).where(Ruling.id == notice.source_id))
    if notice.source_kind == Held.__kind__:
        held: Held | None = actor.session.scalar(allowed(actor, May.READ_HELD).where(Held.id == notice.source_id))
        return held if held is not None and (held.outcome == "") == (notice.why == "report") else None
    flag: Flag | None = actor.session.scalar(allowed(actor, May.READ_FLAG).where(Flag.id == notice.source_id))
    settled = flag is not None and (flag.ruling_pk is None) != (notice.why == "report")
    return None if settled else flag
