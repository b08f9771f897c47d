"""One letter for what moderation tells: to moderators that something waits, to authors and reporters what was decided."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

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
from workspaces.moderation import wording
from workspaces.moderation.models import Flag, Ruling
from workspaces.moderation.policy import May


@composes("moderation")
def moderation_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was read or taken back meanwhile, they may not know of it any more, or want no mail from there."""
    session = system.session
    reader = session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    notices = _unmailed(session, person, thing)
    if reader is None or not notices:
        return None
    about = _about(Actor(session, reader), notices[-1])
    if about is None or not session.scalar(select(wants_mail(person, [thing, f"workspace:{about.workspace.id}"]))):
        return None
    stop = f"/unsubscribe/{stops.token(house.settings.secret_key, person, f'workspace:{about.workspace.id}')}"
    mailed = [notice.pk for notice in notices]
    return letter(
        house,
        "moderation",
        to=reader,
        subject=lambda: _subject(notices[-1], about),
        key=f"moderation-{notices[-1].id}",
        headers={"List-Unsubscribe": f"<{absolute(house, stop)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        sent=lambda session: mark_mailed(session, mailed),
        told_as=notices[-1].why,
        about=about,
        outcome=lambda: wording.to_author(about) if isinstance(about, Ruling) else wording.to_reporter(about),
        path=about.path,
        stop_url=absolute(house, stop),
        choices_url=absolute(house, "/me/settings/notifications"),
    )


def _subject(notice: Notice, about: Flag | Ruling) -> str:
    title = about.post.topic.title
    if notice.why == "report":
        return _("Reported: a message in “%(title)s”", title=title)
    if notice.why == "ruling":
        return _("About your message in “%(title)s”", title=title)
    return _("About what you reported in “%(title)s”", title=title)


def _about(actor: Actor, notice: Notice) -> Flag | Ruling | None:
    """What the newest entry points at, while they may know of it; a report that was decided about is no news for moderators."""
    if notice.source_kind == Ruling.__kind__:
        return actor.session.scalar(allowed(actor, May.READ_RULING).where(Ruling.id == notice.source_id))
    flag: Flag | None = actor.session.scalar(allowed(actor, May.READ_FLAG).where(Flag.id == notice.source_id))
    settled = flag is not None and (flag.ruling_pk is None) != (notice.why == "report")
    return None if settled else flag


def _unmailed(session: Session, person: int, thing: str) -> list[Notice]:
    waiting = (Notice.mailed_at.is_(None), Notice.read_at.is_(None), Notice.done_at.is_(None))
    found = select(Notice).where(Notice.person_pk == person, Notice.thing == thing, *waiting)
    return list(session.scalars(found.order_by(Notice.pk)))
