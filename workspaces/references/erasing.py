"""What a restored backup must not bring back of references: a yes that was taken back since, and who was erased."""

from sqlalchemy import ColumnElement, or_, select

from portal.accounts.erasing import contacts_of
from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.erasing import Entry, erases, forget_facts, written
from portal.kernel.events import Event
from portal.notices.actions import take_back
from portal.people.models import Person
from workspaces.references.events import AGREED, REFUSED
from workspaces.references.models import NO, WILLING, Reference, ReferenceRequest


def _who(event: Event) -> tuple[str, str]:
    return str(event.facts.get("person", "")), event.subject_id


written(REFUSED.name, _who)
written(AGREED.name, _who, back=REFUSED.name)


@erases(REFUSED.name, "references")
def refuse_again(actor: Actor, entry: Entry) -> bool:
    """Who took their yes back since is no reference, and nothing that was asked of them stands."""
    theirs = select(Reference).join(Person, Person.pk == Reference.person_pk).join(Account, Account.pk == Reference.account_pk)
    row = actor.session.scalar(theirs.where(Person.id == entry.id, Account.id == entry.within, Reference.terms.in_(WILLING)))
    if row is None:
        return False
    row.terms, row.most, row.words, row.said_at = NO, None, "", now()
    _end_all(actor, ReferenceRequest.reference_pk == row.pk)
    return True


@erases("person", "references")
def erase_references(actor: Actor, entry: Entry) -> bool:
    """What they said, and what was asked of them or for them, which ends."""
    person = actor.session.scalar(select(Person).where(Person.id == entry.id))
    if person is None:
        return False
    rows = actor.session.scalars(select(Reference).where(Reference.person_pk == person.pk)).all()
    for row in rows:
        row.terms, row.most, row.words, row.asked_words = NO, None, "", ""
    contacts = [contact.pk for contact in contacts_of(actor, person)]
    about = or_(ReferenceRequest.reference_pk.in_([row.pk for row in rows]), ReferenceRequest.contact_pk.in_(contacts))
    _end_all(actor, about)
    asked = actor.session.scalars(select(ReferenceRequest).where(about)).all()
    for request in asked:
        request.words = ""
        forget_facts(actor.session, Event.facts["request"].as_string() == request.id)
    for row in rows:
        forget_facts(actor.session, Event.facts["reference"].as_string() == row.id)
    return bool(rows or asked)


def _end_all(actor: Actor, which: ColumnElement[bool]) -> None:
    """Nobody is asked for these any more. A no stays one."""
    stands = ReferenceRequest.introduced_at.is_(None), ReferenceRequest.withdrawn_at.is_(None), ReferenceRequest.agrees.is_not(False)
    for request in actor.session.scalars(select(ReferenceRequest).where(which, *stands)).all():
        request.withdrawn_at = now()
        take_back(actor.session, request)
