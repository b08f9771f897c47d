"""What is done about references. Nobody is named to another company without having said yes twice: to being a reference, and to this
talk. The only writers of these rows."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.keeping_apart import refuse_meeting
from portal.accounts.models import Account, Contact
from portal.kernel.actions import action
from portal.kernel.actor import Actor, the_system
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.mail.queue import queue
from workspaces.references import queries
from workspaces.references.events import AGREED, ANSWERED, ASKED, ENDED, HEARD, INTRODUCED, INVITED, REFUSED, SOUGHT
from workspaces.references.models import NO, OFTEN, WILLING, Reference, ReferenceRequest
from workspaces.references.policy import May

REST = timedelta(days=180)  # who said no is not asked again so soon


@action(May.INVITE_REFERENCE)
def invite_reference(actor: Actor, contact: Contact, *, words: str) -> Reference:
    """Ask somebody whether they would be a reference. Raises Invalid where they are one, are asked already, or said no of late."""
    row = _row(actor, contact.person_pk or 0, contact.account_pk)
    if row.terms not in ("", NO):
        raise Invalid(("words", _("%(name)s is a reference already.", name=contact.name)))
    if row.waits:
        raise Invalid(("words", _("%(name)s has been asked already.", name=contact.name)))
    if row.terms == NO and row.said_at is not None and row.said_at > now() - REST:
        raise Invalid(("words", _("%(name)s would rather not, and said so lately. Ask again in half a year.", name=contact.name)))
    row.asked_by_pk, row.asked_at, row.asked_words = actor.pk, now(), words
    _note(actor, INVITED, row)
    return row


@action(May.BE_REFERENCE)
def say(actor: Actor, *, terms: str, most: int = 2, words: str = "") -> Reference:
    """Whether one is a reference for the company at which one is. No takes effect at once, and wherever one was asked or said yes:
    what is not yet brought about is asked no more. What was said already is no news."""
    here = _row(actor, actor.pk, queries.account_of(actor).pk)
    others = [row for row in _all_of(actor) if terms == NO and row is not here and (row.terms in WILLING or row.waits)]
    for row in (here, *others):
        told = (terms, most if terms == OFTEN else None, words if terms != NO else "")
        if row.waits or (row.terms, row.most, row.words) != told:
            row.terms, row.most, row.words = told
            row.said_at = now()
            _note(actor, REFUSED if terms == NO else AGREED, row)
    if terms == NO:
        for request in actor.session.scalars(_standing(actor)).all():
            _end(actor, request)
    return here


@action(May.SEEK_REFERENCE)
def seek_reference(actor: Actor, account: Account, *, reference: Reference, contact: Contact, words: str, agreed: bool) -> ReferenceRequest:
    """Ask a reference whether this person may talk with them. Raises Invalid where the reference does not want to any more, the
    companies are kept apart, the reference is asked for this account, was and said no of late, or was asked as often this quarter as
    they want; and where `contact` is not of the account any more, or does not know that they are named."""
    _hold(actor, reference)
    reference, person = queries.reference_named(actor, reference.id), reference.person
    contact = queries.contact_named(actor, account, contact.id)
    if not agreed:
        raise Invalid(("agreed", _("Ask %(name)s first: they and their address are named.", name=contact.name)))
    if reference.account_pk == account.pk:
        raise Invalid(("reference", _("%(name)s is of the same company.", name=person.name)))
    refuse_meeting(actor, [reference.account_pk], [account.pk], field="reference")
    _refuse_twice(actor, account, reference)
    if queries.full(reference, queries.times_asked(actor, [reference.pk]).get(reference.pk, queries.Times())):
        raise Invalid(("reference", _("%(name)s has been asked as often this quarter as they want to be.", name=person.name)))
    row = ReferenceRequest(reference=reference, account=account, contact=contact, asked_by_pk=actor.pk, words=words)
    actor.session.add(row)
    _note(actor, ASKED, reference, row)
    _note_for(actor, SOUGHT, row)
    return row


@action(May.ANSWER_REFERENCE_REQUEST)
def answer_request(actor: Actor, request: ReferenceRequest, *, agrees: bool) -> ReferenceRequest:
    """Yes or no to a talk. The other company hears of neither. Raises Invalid for the yes of who is not where they were asked."""
    _hold(actor, request.reference)
    require(actor, May.ANSWER_REFERENCE_REQUEST, request)
    if agrees and not queries.still_agrees(actor, request.reference):
        company = request.reference.account.name
        raise Invalid(("agrees", _("You were asked as somebody of %(company)s, and are not there any more.", company=company)))
    request.agrees, request.answered_at = agrees, now()
    what = later("yes") if agrees else later("no")
    _note(actor, ANSWERED, request.reference, request, what=what)
    _note_for(the_system(actor.session), HEARD, request, what=what)
    return request


@action(May.MAKE_REFERENCE)
def make_reference(actor: Actor, request: ReferenceRequest) -> ReferenceRequest:
    """A letter to each with the other's name and address. Raises Invalid where their companies must not meet by now, or who sought is
    not there any more."""
    _hold(actor, request.reference)
    require(actor, May.MAKE_REFERENCE, request)  # as it is by now: a no that was heard before counts
    refuse_meeting(actor, [request.reference.account_pk], [request.account_pk], field="")
    if queries.reachable(actor, request.contact) is None:
        raise Invalid(("", _("%(name)s cannot be reached at this account any more.", name=request.contact.stands.name)))
    request.introduced_at = now()
    for side in ("reference", "contact"):
        queue(actor.session, "reference_made", key=f"reference {request.id} {side}", request=request.id, side=side)
    _note(actor, INTRODUCED, request.reference, request)
    _note_for(actor, INTRODUCED, request)
    return request


@action(May.WITHDRAW_REFERENCE_REQUEST)
def withdraw_request(actor: Actor, request: ReferenceRequest) -> None:
    """It is not asked any more; the reference sees nothing of it."""
    _end(actor, request)


def _row(actor: Actor, person_pk: int, account_pk: int) -> Reference:
    mine = select(Reference).where(Reference.person_pk == person_pk, Reference.account_pk == account_pk)
    row = actor.session.scalar(_held(mine))
    if row is None:
        row = Reference(person_pk=person_pk, account_pk=account_pk, terms="", words="", asked_words="")
        actor.session.add(row)
    return row


def _all_of(actor: Actor) -> list[Reference]:
    """What the actor said or was asked, for whatever company."""
    return list(actor.session.scalars(_held(select(Reference).where(Reference.person_pk == actor.pk).order_by(Reference.pk))))


def _hold(actor: Actor, reference: Reference) -> None:
    """Until the end of this transaction nobody else says or asks anything about this reference: whoever comes later sees what was
    said."""
    actor.session.scalars(_held(select(Reference).where(Reference.pk == reference.pk))).one()


def _held(found):  # type: ignore[no-untyped-def]
    return found.with_for_update().execution_options(populate_existing=True)


def _standing(actor: Actor):  # type: ignore[no-untyped-def]
    """What the actor was asked for, and is neither refused, brought about nor taken back."""
    mine = ReferenceRequest.reference_pk.in_(select(Reference.pk).where(Reference.person_pk == actor.pk))
    neither = ReferenceRequest.introduced_at.is_(None), ReferenceRequest.withdrawn_at.is_(None), ReferenceRequest.agrees.is_not(False)
    return select(ReferenceRequest).where(mine, *neither).order_by(ReferenceRequest.pk)


def _refuse_twice(actor: Actor, account: Account, reference: Reference) -> None:
    for request in queries.asked_for(actor, account, [reference.pk]):
        name = reference.person.name
        if queries.is_open(request):
            raise Invalid(("reference", _("%(name)s is asked already for %(account)s.", name=name, account=account.name)))
        if queries.refused_lately(request):
            raise Invalid(("reference", _("%(name)s said no to %(account)s lately.", name=name, account=account.name)))


def _end(actor: Actor, request: ReferenceRequest) -> None:
    """On both trails; on that of the company that sought it nobody of another is named, so not a client who ended it either."""
    request.withdrawn_at = now()
    _note(actor, ENDED, request.reference, request)
    _note_for(actor if actor.is_staff else the_system(actor.session), ENDED, request)


def _note(actor: Actor, of: EventKind, row: Reference, request: ReferenceRequest | None = None, **facts: str) -> None:
    """On the trail of the reference's company."""
    actor.session.flush()
    told = {"reference": row.id, "name": row.person.name, "person": row.person.id, **facts}
    if request is not None:
        told["request"] = request.id
    record(actor, of, row.account, audience_pk=row.account.audience_pk, account=row.account, facts=told)


def _note_for(actor: Actor, of: EventKind, request: ReferenceRequest, **facts: str) -> None:
    """On the trail of the company for which a reference is sought."""
    actor.session.flush()
    told = {"request": request.id, "name": request.contact.name, **facts}
    record(actor, of, request.account, audience_pk=request.account.audience_pk, account=request.account, facts=told)
