"""Who may do what about references: a client says themselves whether they are one, and of whom nobody else is told before a yes."""

from typing import Any

from sqlalchemy import and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, Contact
from portal.accounts.policy import change_account, change_contact, read_account
from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from portal.people.models import Person
from workspaces.references.models import WILLING, Reference, ReferenceRequest

_reference, _contact, _person = aliased(Reference), aliased(Contact), aliased(Person)


class May(Verbs):
    """Verbs of references."""

    BE_REFERENCE = "Say whether one talks with other companies as a reference: clients, for the company they are at"
    INVITE_REFERENCE = "Ask somebody of an account to be a reference: the account's team, who has signed in"
    READ_REFERENCE = "See what somebody said to being a reference: they themselves, the account's team and the managers above"
    SEEK_REFERENCE = "Ask references for a talk with somebody of an account: its team"
    READ_REFERENCE_REQUEST = "See such a request: the reference, until it is taken back, and staff who see both accounts"
    ANSWER_REFERENCE_REQUEST = "Say yes or no to a talk: the reference, once"
    MAKE_REFERENCE = "Introduce the two once the reference said yes: the team of the account for which it is"
    WITHDRAW_REFERENCE_REQUEST = "Take back a request before the two are introduced: the team of the account for which it is"


@rule(May.BE_REFERENCE, refusal="Clients say this for themselves.")
def be_reference(actor: Actor) -> Condition | bool:
    if actor.person is None or actor.is_staff:
        return False
    said = exists().where(_reference.person_pk == actor.pk)  # whoever was asked can say no
    return actor.person.account_pk is not None or or_(said, exists().where(_contact.person_pk == actor.pk, *_stays()))


@rule(May.INVITE_REFERENCE, Contact, refusal="The account's team asks, and only who has been here.")
def invite_reference(actor: Actor) -> Condition | bool:
    mine = change_contact(actor)
    here = exists().where(_person.pk == Contact.person_pk, _person.suspended_at.is_(None), _person.is_staff.is_(False))
    return and_(mine, here) if not isinstance(mine, bool) else False


@rule(May.READ_REFERENCE, Reference, reads=True)
def read_reference(actor: Actor) -> Condition:
    return or_(_own(actor, Reference.person_pk), _within(Reference.account_pk, read_account(actor)))


@rule(May.SEEK_REFERENCE, Account, refusal="Only the account's team asks for a reference.")
def seek_reference(actor: Actor) -> Condition | bool:
    return change_account(actor)


@rule(May.READ_REFERENCE_REQUEST, ReferenceRequest, reads=True)
def read_request(actor: Actor) -> Condition:
    theirs = select(_reference.pk).where(_reference.pk == ReferenceRequest.reference_pk)
    mine = and_(theirs.where(_own(actor, _reference.person_pk)).exists(), ReferenceRequest.withdrawn_at.is_(None))
    both = and_(_within(ReferenceRequest.account_pk, read_account(actor)), theirs.where(_reads_its_account(actor)).exists())
    return or_(mine, both)


@rule(May.ANSWER_REFERENCE_REQUEST, ReferenceRequest, refusal="This is answered already.")
def answer_request(actor: Actor) -> Condition:
    own = exists().where(_reference.pk == ReferenceRequest.reference_pk, _own(actor, _reference.person_pk))
    return and_(own, ReferenceRequest.agrees.is_(None), _open())


@rule(May.MAKE_REFERENCE, ReferenceRequest, refusal="The account's team introduces the two once the reference has said yes.")
def make_reference(actor: Actor) -> Condition:
    still = exists().where(_reference.pk == ReferenceRequest.reference_pk, willing(_reference))
    return and_(ReferenceRequest.agrees.is_(True), _open(), still, _seeks(actor))


@rule(May.WITHDRAW_REFERENCE_REQUEST, ReferenceRequest, refusal="The account's team can take this back until the two are introduced.")
def withdraw_request(actor: Actor) -> Condition:
    return and_(ReferenceRequest.agrees.is_not(False), _open(), _seeks(actor))


def willing(reference: Any) -> Condition:
    """Who said yes, and is still at the company for which they said it."""
    there = exists().where(_contact.person_pk == reference.person_pk, _contact.account_pk == reference.account_pk, *_stays())
    here = exists().where(_person.pk == reference.person_pk, _person.suspended_at.is_(None))
    return and_(reference.terms.in_(WILLING), there, here)


def _stays() -> tuple[Condition, Condition]:
    return _contact.left_at.is_(None), _contact.removed_at.is_(None)


def _open() -> Condition:
    return and_(ReferenceRequest.introduced_at.is_(None), ReferenceRequest.withdrawn_at.is_(None))


def _seeks(actor: Actor) -> Condition:
    return and_(_within(ReferenceRequest.account_pk, change_account(actor)), read_request(actor))


def _reads_its_account(actor: Actor) -> Condition:
    return _within(_reference.account_pk, read_account(actor))


def _within(account_pk: Any, accounts: Condition | bool) -> Condition:
    return false() if isinstance(accounts, bool) else account_pk.in_(select(Account.pk).where(accounts))


def _own(actor: Actor, person_pk: Any) -> Condition:
    return person_pk == actor.pk if actor.person is not None and not actor.is_staff else false()
