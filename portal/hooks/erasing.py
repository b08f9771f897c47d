"""What a restored backup must not bring back of webhooks, and what goes with an erased person."""

from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from portal.hooks.models import WAITING, WITHHELD, Delivery, Webhook
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, after_restore, erases, forget_facts
from portal.kernel.events import Event
from portal.people.models import Person


@after_restore("webhooks switched off")
def switch_all_off(session: Session) -> int:
    """Which of them were removed or switched off since cannot be told from the others; each owner switches theirs on again."""
    session.execute(update(Delivery).where(Delivery.state == WAITING).values(state=WITHHELD, why="off"))
    done: Any = session.execute(update(Webhook).where(Webhook.off_at.is_(None)).values(off_at=now(), off_why="restored"))
    return cast("CursorResult[Any]", done).rowcount


@erases("person", "hooks")
def erase_webhooks(actor: Actor, entry: Entry) -> bool:
    """Where somebody who was erased had news sent, what was answered there, and what the events say of it."""
    session = actor.session
    person = select(Person.pk).where(Person.id == entry.id).scalar_subquery()
    theirs = select(Webhook.pk).where(Webhook.person_pk == person)
    session.execute(delete(Delivery).where(Delivery.webhook_pk.in_(theirs)).execution_options(synchronize_session=False))
    gone: Any = session.execute(delete(Webhook).where(Webhook.person_pk == person).execution_options(synchronize_session=False))
    own = select(Audience.pk).where(Audience.kind == "own", Audience.subject_pk == person)
    forget_facts(session, Event.audience_pk.in_(own), Event.subject_kind == Webhook.__kind__)
    return bool(cast("CursorResult[Any]", gone).rowcount)
