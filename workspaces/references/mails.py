"""The letters about references: that one is asked, what was answered, and those that bring two people together."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.letters import letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices.mails import telling, waiting
from portal.notices.queries import wants_mail
from workspaces.references import queries, wording
from workspaces.references.models import Reference, ReferenceRequest
from workspaces.references.policy import May


@composes("reference")
def reference_letter(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """None where it was seen or settled meanwhile, they may not know of it any more, or want no mail about it."""
    session = system.session
    reader, notices = waiting(session, person, thing)
    if reader is None or not notices or not session.scalar(select(wants_mail(person, [thing]))):
        return None
    actor, (kind, _colon, id) = Actor(session, reader), thing.partition(":")
    about: Any
    if kind == "reference":
        about = session.scalar(allowed(actor, May.READ_REFERENCE).where(Reference.id == id))
    else:
        about = session.scalar(allowed(actor, May.READ_REFERENCE_REQUEST).where(ReferenceRequest.id == id))
    if about is None:
        return None
    talk = about if kind != "reference" else None
    return telling(
        house,
        "reference",
        reader,
        notices,
        silences=thing,
        subject=lambda: wording.talk(talk) if talk is not None else wording.title(about),
        key=f"reference-{notices[-1].id}",
        about=about,
        talk=talk,
        asked=not reader.is_staff,
        path=talk.path if talk is not None else wording.where(about),
    )


@composes("reference_made")
def introducing_letter(house: Any, system: Actor, *, request: str, side: str) -> Letter | None:
    """To the reference and to who sought one, with how they reach each other. None where it is not so any more."""
    row: ReferenceRequest | None = system.session.scalar(allowed(system, May.READ_REFERENCE_REQUEST).where(ReferenceRequest.id == request))
    if row is None or row.introduced_at is None:
        return None
    reference, contact = row.reference.person, row.contact.stands
    email = queries.reachable(system, row.contact)
    if reference.suspended_at is not None or email is None:
        return None
    ours = side == "reference"
    one = (reference.name, reference.title, row.reference.account.name, reference.email)
    other = (contact.name, contact.title, row.account.name, email)
    met = other if ours else one
    return letter(
        house,
        "reference_made",
        to=reference if ours else (contact.person or email),
        subject=lambda: _("%(one)s, meet %(other)s", one=one[0], other=other[0]),
        key=f"reference-made-{row.id}-{side}",
        from_name=row.asked_by.name,
        headers={"Reply-To": met[3]},
        by=row.asked_by,
        met=met,
        words=row.words,
    )
