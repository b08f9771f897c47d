"""What of accounts is in a copy: the account, who looked after it when, its contacts and notes."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts import queries
from portal.accounts.actions.notes import words_for
from portal.accounts.models import (
    OWNER,
    Account,
    AccountDomain,
    AccountFact,
    AccountName,
    AccountTag,
    Assignment,
    Contact,
    ContactPlace,
    ContactRole,
    Note,
    NoteRevision,
)
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.copying import Chapter, Item, Page, Scope, chapter, copied, in_steps, left_out
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _

copied(Account, lambda account_pk: Account.pk == account_pk)
for part in (AccountFact, AccountDomain, AccountName, AccountTag, Assignment, Contact, Note):
    copied(part, lambda account_pk, part=part: part.account_pk == account_pk)  # type: ignore[misc]
# Who they were at another company is that company's.
copied(ContactPlace, lambda account_pk: ContactPlace.account_pk == account_pk, kept=("before_pk",))
copied(ContactRole, lambda account_pk: ContactRole.contact_pk.in_(select(Contact.pk).where(Contact.account_pk == account_pk)))
copied(NoteRevision, lambda account_pk: NoteRevision.note_pk.in_(select(Note.pk).where(Note.account_pk == account_pk)))

left_out("who acts for an owner is of this house and its days; that it was so stands on the trail", "deputy")
left_out("whom an account is kept apart from names other companies; that it is stands on the trail", "kept_apart")
left_out("that two who look alike are not the same was said of both, and of other companies too", "not_the_same")


def _count_contacts(actor: Actor, scope: Scope) -> int:
    return _count(actor, May.READ_CONTACT, Contact, scope)


def _people(actor: Actor, scope: Scope) -> Iterator[Item]:
    account = scope.account
    team = actor.session.scalars(
        select(Assignment)
        .where(Assignment.account_pk == account.pk, Assignment.recorded_to.is_(None))
        .options(joinedload(Assignment.person))
        .order_by(Assignment.valid_from, Assignment.pk)
    )
    yield Page("people.html", "copies/people.html", {"contacts": queries.contacts(actor, account), "team": list(team), "owner": OWNER})


def _count_notes(actor: Actor, scope: Scope) -> int:
    return _count(actor, May.READ_NOTE, Note, scope)


def _notes(actor: Actor, scope: Scope) -> Iterator[Item]:
    found = allowed(actor, May.READ_NOTE).where(Note.account_pk == scope.account.pk, Note.removed_at.is_(None))
    rows = (note for step in in_steps(actor.session, found.options(joinedload(Note.author)), Note.pk) for note in step)
    yield Page("notes.html", "copies/notes.html", {"notes": rows, "words_for": words_for})


def _count(actor: Actor, verb: May, model: Any, scope: Scope) -> int:
    found = allowed(actor, verb).where(model.account_pk == scope.account.pk, model.removed_at.is_(None))
    return actor.session.scalar(found.with_only_columns(func.count())) or 0


chapter(
    Chapter("contacts", 40, lambda: _("People"), "people.html", _count_contacts, _people, scopes=frozenset({"account"})),
)
chapter(
    Chapter("notes", 60, lambda: _("Notes"), "notes.html", _count_notes, _notes, scopes=frozenset({"account"})),
)
