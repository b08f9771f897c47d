"""Who may do what with accounts: their team, and the managers above the team. For anybody else an account does not exist."""

from typing import Any

from sqlalchemy import and_, literal, or_, select

from portal.accounts.models import OWNER, Account, Assignment, Contact, Deputy, Note
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, branch, held
from portal.kernel.history import current
from portal.kernel.policy import Condition, Verbs, rule
from portal.kernel.prepared import present
from portal.people.models import Person, Reporting


class May(Verbs):
    """Verbs of accounts."""

    LIST_ACCOUNTS = "Look for accounts among one's own: staff"
    CREATE_ACCOUNT = "Open an account: reps, managers and admins, who then own it"
    KNOW_ACCOUNT = "Know an account's name and owner: who may see it, or may change who looks after it"
    READ_ACCOUNT = "See an account and its trail: its team, its owner's deputy and the managers above"
    CHANGE_ACCOUNT = "Change an account's fields, tags, domains and contacts: its team and its owner's deputy; the managers above read"
    GIVE_ACCOUNT = "Change an account's owner, team or deputy: its owner, the managers above, and admins (who see no content by it)"
    KEEP_APART = "Say that the people of an account must not meet those of another: its owner, the managers above, and admins"
    READ_CONTACT = "See a contact: the account's team and the managers above"
    CHANGE_CONTACT = "Change, move or merge a contact: the account's team"
    RESTORE_CONTACT = "Take back that a contact moved or was merged: the team of the account where they were"
    WRITE_NOTE = "Write a note on an account: its team and the managers above"
    READ_NOTE = "See a note: the account's team and the managers above"
    CHANGE_NOTE = "Change or remove a note: who wrote it"
    RESTORE_NOTE = "Bring back a note one has removed: its author, while on the account's team or above"


@branch("account")
def _account_team():  # type: ignore[no-untyped-def]
    """An account's team, and every manager above one of them."""
    return (
        select(Audience.pk, Reporting.holder_pk)
        .join(Assignment, and_(Assignment.account_pk == Audience.subject_pk, current(Assignment)))
        .join(Reporting, Reporting.person_pk == Assignment.person_pk)
        .join(Person, and_(Person.pk == Reporting.holder_pk, Person.suspended_at.is_(None)))
        .where(Audience.kind == "account")
    )


@branch("account")
def _deputies():  # type: ignore[no-untyped-def]
    """Who acts for the owner at this moment."""
    return (
        select(Audience.pk, Deputy.person_pk)
        .join(Deputy, and_(Deputy.account_pk == Audience.subject_pk, acting()))
        .join(Person, and_(Person.pk == Deputy.person_pk, Person.suspended_at.is_(None)))
        .where(Audience.kind == "account")
    )


def acting() -> Condition:
    """The condition that a deputy acts at the moment at which it is asked: in their time, for who still owns the account."""
    owns = select(Assignment.pk).where(
        Assignment.account_pk == Deputy.account_pk,
        Assignment.person_pk == Deputy.owner_pk,
        Assignment.role == OWNER,
        current(Assignment),
    )
    return and_(Deputy.begins_at <= present(), Deputy.until > present(), Deputy.ended_at.is_(None), owns.correlate(Deputy).exists())


def looked_after_by(actor: Actor, account_pk: Any) -> Condition:
    """The actor is on the account's team themselves, not only above somebody who is; or acts for its owner."""
    mine = select(Assignment.account_pk).where(Assignment.person_pk == actor.pk, current(Assignment))
    deputised = select(Deputy.account_pk).where(Deputy.person_pk == actor.pk, acting())
    return or_(account_pk.in_(mine), account_pk.in_(deputised))


@rule(May.LIST_ACCOUNTS)
def list_accounts(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.CREATE_ACCOUNT, refusal="Only reps, managers and admins open accounts.")
def create_account(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.READ_ACCOUNT, Account, reads=True)
def read_account(actor: Actor) -> Condition | bool:
    return and_(held(actor, Account.audience_pk), Account.removed_at.is_(None)) if actor.is_staff else False


@rule(May.CHANGE_ACCOUNT, Account, refusal="Only the account's team can change it.")
def change_account(actor: Actor) -> Condition | bool:
    readable = read_account(actor)
    return and_(readable, looked_after_by(actor, Account.pk)) if not isinstance(readable, bool) else False


@rule(May.GIVE_ACCOUNT, Account, refusal="Only the owner, a manager above or an admin can change who looks after an account.")
def give_account(actor: Actor) -> Condition | bool:
    if actor.is_admin:
        return Account.removed_at.is_(None)
    owned = (
        select(Assignment.account_pk)
        .join(Reporting, Reporting.person_pk == Assignment.person_pk)
        .where(Reporting.holder_pk == actor.pk, Assignment.role == OWNER, current(Assignment))
    )
    return and_(Account.pk.in_(owned), Account.removed_at.is_(None)) if actor.is_staff else False


@rule(May.KEEP_APART, Account, refusal="Only the owner, a manager above or an admin can keep an account apart from another.")
def keep_apart(actor: Actor) -> Condition | bool:
    return give_account(actor)


@rule(May.KNOW_ACCOUNT, Account)
def know_account(actor: Actor) -> Condition:
    return or_(*(each if not isinstance(each, bool) else literal(each) for each in (read_account(actor), give_account(actor))))


def _of_read_account(actor: Actor, account_pk: Any) -> Condition | bool:
    readable = read_account(actor)
    return account_pk.in_(select(Account.pk).where(readable)) if not isinstance(readable, bool) else False


@rule(May.READ_CONTACT, Contact, reads=True)
def read_contact(actor: Actor) -> Condition | bool:
    readable = _of_read_account(actor, Contact.account_pk)
    there = or_(Contact.removed_at.is_(None), Contact.merged_pk.is_not(None))  # who was merged still leads to whom they are
    return and_(readable, there) if not isinstance(readable, bool) else False


@rule(May.CHANGE_CONTACT, Contact, refusal="Only the account's team can change a contact.")
def change_contact(actor: Actor) -> Condition | bool:
    readable = read_contact(actor)
    if isinstance(readable, bool):
        return False
    return and_(readable, Contact.left_at.is_(None), Contact.removed_at.is_(None), looked_after_by(actor, Contact.account_pk))


@rule(May.RESTORE_CONTACT, Contact, refusal="Only the account's team can bring a contact back.")
def restore_contact(actor: Actor) -> Condition | bool:
    readable = read_contact(actor)
    gone = or_(Contact.left_at.is_not(None), Contact.merged_pk.is_not(None))
    return and_(readable, gone, looked_after_by(actor, Contact.account_pk)) if not isinstance(readable, bool) else False


@rule(May.WRITE_NOTE, Account)
def write_note(actor: Actor) -> Condition | bool:
    return read_account(actor)


@rule(May.READ_NOTE, Note, reads=True)
def read_note(actor: Actor) -> Condition | bool:
    return and_(held(actor, Note.audience_pk), Note.removed_at.is_(None)) if actor.is_staff else False


@rule(May.CHANGE_NOTE, Note, refusal="Only the person who wrote a note can change it.")
def change_note(actor: Actor) -> Condition | bool:
    readable = read_note(actor)
    return and_(Note.author_pk == actor.pk, readable) if not isinstance(readable, bool) else False


@rule(May.RESTORE_NOTE, Note)
def restore_note(actor: Actor) -> Condition:
    return and_(Note.author_pk == actor.pk, Note.removed_at.is_not(None), held(actor, Note.audience_pk))
