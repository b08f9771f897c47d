"""The installation's own row, and where events land that belong to no account."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.events import EventKind, record
from portal.kernel.ids import new_id
from portal.people.models import Installation


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


def note(actor: Actor, of: EventKind, subject: Any, **facts: Any) -> None:
    """Record what happened to people, tokens or the installation: for the admins' eyes."""
    record(actor, of, subject, audience_pk=installation(actor.session).audience_pk, facts=facts)
