"""What a restored backup must not bring back of people: their sessions and tokens, the access that ended since, who was erased."""

from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, after_restore, erases, forget_facts, written
from portal.kernel.events import Event
from portal.kernel.words import gettext as _
from portal.people.actions import suspend_person
from portal.people.actions.installation import note
from portal.people.events import PERSON_ERASED
from portal.people.models import Person, SignIn, SignInLink, Token

ERASED = "erased.invalid"  # a host that never is anybody's

written("person.suspended", lambda event: (event.subject_id, ""))
written("person.restored", lambda event: (event.subject_id, ""), back="person.suspended")


@after_restore("sessions ended")
def end_sign_ins(session: Session) -> int:
    """Everybody signs in anew: a session that ended since must not come alive again."""
    session.execute(delete(SignInLink))
    return _count(session.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(ended_at=now())))


@after_restore("API tokens revoked")
def revoke_tokens(session: Session) -> int:
    """Which of them were revoked since cannot be told from those that were not."""
    return _count(session.execute(update(Token).where(Token.revoked_at.is_(None)).values(revoked_at=now())))


@erases("person.suspended", "people")
def suspend_again(actor: Actor, entry: Entry) -> bool:
    """Who lost access since has none."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id, Person.suspended_at.is_(None)))
    if person is not None:
        suspend_person(actor, person)
    return person is not None


@erases("person", "people")
def erase_person(actor: Actor, entry: Entry) -> bool:
    """Name, address and how they signed in. What they wrote stays, under a name that is nobody's."""
    session = actor.session
    person = session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    suspend_person(actor, person)
    person.email, person.name = f"{person.id.lower()}@{ERASED}", _("Former member")
    person.title = person.phone = person.timezone = ""
    person.password_hash = None
    session.execute(update(SignIn).where(SignIn.person_pk == person.pk).values(device="", address=""))
    of_theirs = (Event.subject_kind == Person.__kind__) & (Event.subject_id == person.id)
    forget_facts(session, or_(of_theirs, Event.facts["person"].as_string() == person.id))
    note(actor, PERSON_ERASED, person)
    return True


def _count(result: Any) -> int:
    return cast("CursorResult[Any]", result).rowcount
