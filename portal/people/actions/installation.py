"""The installation's own row, and where events land that belong to no account."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.events import EventKind, record
from portal.kernel.ids import new_id
from portal.people.events import INSTALLATION_CHANGED
from portal.people.models import Installation
from portal.people.policy import May

CHOICES = ("name", "contact", "timezone", "language", "currency")


def installation(session: Session) -> Installation:
    """The installation's own row, made the first time somebody asks inside a write."""
    found = session.scalar(select(Installation))
    if found is None:
        audience = Audience(kind="admins", subject_pk=0)
        session.add(audience)
        session.flush()
        found = Installation(id=new_id(), audience_pk=audience.pk)
        session.add(found)
        session.flush()
    return found


@action(May.CHANGE_INSTALLATION)
def change_installation(actor: Actor, **fields: str) -> None:
    """Change the vendor's own choices; `fields` are of CHOICES."""
    row = installation(actor.session)
    changed = [name for name in CHOICES if name in fields and getattr(row, name) != fields[name]]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        note(actor, INSTALLATION_CHANGED, row, fields=changed)


def note(actor: Actor, of: EventKind, subject: Any, **facts: Any) -> None:
    """Record what happened to people, tokens or the installation: for the admins' eyes."""
    record(actor, of, subject, audience_pk=installation(actor.session).audience_pk, facts=facts)
