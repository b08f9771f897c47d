"""`/api/v1`: accounts, contacts, notes."""

from datetime import UTC, datetime, time
from typing import Any

from flask import Response, request
from sqlalchemy.orm import joinedload

from portal.accounts import actions, deputising, keeping_apart, queries
from portal.accounts.models import Account, Contact, Note
from portal.accounts.policy import May
from portal.accounts.schemas import (
    AccountChange,
    AccountsAsked,
    ContactChange,
    KeepingApart,
    Merging,
    NamingDeputy,
    NewAccount,
    NewContact,
    NewNote,
    NoteChange,
    StandingAsked,
)  # fmt: skip
from portal.accounts.shapes import (
    AccountJson,
    AccountNamedJson,
    ApartJson,
    ContactJson,
    DeputyJson,
    NoteJson,
    account_json,
    accounts_json,
    apart_json,
    contact_json,
    deputy_json,
    note_json,
    stood_json,
)  # fmt: skip
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import allowed, fetch
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded

api = resource("accounts", "Accounts")


@api.get("/accounts")
@described("Accounts that the caller may read, by name", asks=AccountsAsked, lists=AccountJson)
@guarded(May.LIST_ACCOUNTS)
def list_accounts(actor: Actor) -> Response:
    told = request.args
    found = queries.found(actor, q=told.get("q", "")[:200], tag=told.get("tag", ""), owner=told.get("owner", ""))
    return listed(actor, found, [Account.name, Account.pk], lambda rows: accounts_json(actor, rows))


@api.post("/accounts")
@described("Open an account", takes=NewAccount, makes=AccountJson | AccountNamedJson)
@guarded(May.CREATE_ACCOUNT)
def open_account(actor: Actor) -> Response:
    told = body(NewAccount)
    owner = actions.staff_named(actor, told.owner) if told.owner else None
    details = told.model_dump(exclude={"owner", "domains", "tags", "aliases"})
    lists: dict[str, Any] = {name: tuple(getattr(told, name)) for name in ("domains", "tags", "aliases")}
    account = actions.open_account(actor, owner=owner, **lists, **details)
    return answer(account_json(actor, account), 201)


@api.get("/accounts/<ref:account>")
@described("An account, now or as it stood", asks=StandingAsked, gives=AccountJson | AccountNamedJson)
@guarded(account=May.READ_ACCOUNT)
def show_account(actor: Actor, account: Account) -> Response:
    at, known_at = moment_asked("as_of"), moment_asked("known_at")
    if at is None and known_at is None:
        return answer(account_json(actor, account))
    at = at or known_at or now()
    stood = queries.standing(actor, account, at, known_at)
    if stood is None:
        raise NotFound(_("There was no such account then."))
    then = queries.team(actor, account, at, known_at)
    return answer({**stood_json(account, stood.fields, then), "as_of": rfc3339(at), "known_at": rfc3339(known_at) if known_at else None})


@api.patch("/accounts/<ref:account>")
@described("Change an account, or give it to somebody", takes=AccountChange, gives=AccountJson | AccountNamedJson)
@guarded(account=May.KNOW_ACCOUNT)
def change_account(actor: Actor, account: Account) -> Response:
    """Fields by the account's team; `owner` by who may give it, who need not see what is in it."""
    told = body(AccountChange)
    fields = told.model_dump(include=told.model_fields_set - {"owner", "reason"})
    if fields or not told.owner:
        actions.change_account(actor, account, **fields)
    if told.owner:
        actions.give_account(actor, account, to=actions.staff_named(actor, told.owner), reason=told.reason)
    return answer(account_json(actor, account))


@api.get("/accounts/<ref:account>/deputies")
@described("Who acts for its owner, now or later", lists=DeputyJson, paged=False)
@guarded(account=May.KNOW_ACCOUNT)
def list_deputies(actor: Actor, account: Account) -> Response:
    return answer({"items": [deputy_json(each) for each in deputising.deputies(actor, account)], "next": None})


@api.post("/accounts/<ref:account>/deputies")
@described("Have somebody act for its owner for some days", takes=NamingDeputy, makes=DeputyJson)
@guarded(account=May.GIVE_ACCOUNT)
def name_deputy(actor: Actor, account: Account) -> Response:
    told = body(NamingDeputy)
    person = actions.staff_named(actor, told.person, "person")
    return answer(deputy_json(actions.name_deputy(actor, account, person=person, begins=told.begins, until=told.until)), 201)


@api.delete("/accounts/<ref:account>/deputies/<ref:person>")
@described("End a deputy's time before its day")
@guarded(account=May.GIVE_ACCOUNT)
def end_deputy(actor: Actor, account: Account, person: str) -> Response:
    if not actions.end_deputy(actor, account, person=actions.staff_named(actor, person, "person")):
        raise NotFound
    return Response(status=204)


@api.get("/accounts/<ref:account>/kept-apart")
@described("Accounts whose people must not meet those of this one", lists=ApartJson, paged=False)
@guarded(account=May.KNOW_ACCOUNT)
def list_kept_apart(actor: Actor, account: Account) -> Response:
    return answer({"items": [apart_json(each) for each in keeping_apart.kept_from(actor, account)], "next": None})


@api.put("/accounts/<ref:account>/kept-apart")
@described("Keep an account apart from another; refused where their people meet already", takes=KeepingApart)
@guarded(account=May.KEEP_APART)
def keep_apart(actor: Actor, account: Account) -> Response:
    told = body(KeepingApart)
    actions.keep_apart(actor, account, other=keeping_apart.account_named(actor, told.other, "other"), reason=told.reason)
    return Response(status=204)


@api.delete("/accounts/<ref:account>/kept-apart/<ref:other>")
@described("Let their people meet again")
@guarded(account=May.KEEP_APART, other=May.KNOW_ACCOUNT)
def let_meet(actor: Actor, account: Account, other: Account) -> Response:
    if not actions.let_meet(actor, account, other=other):
        raise NotFound
    return Response(status=204)


@api.get("/accounts/<ref:account>/contacts")
@described("The people at an account, by name; who moved away has `left_at`", lists=ContactJson)
@guarded(account=May.READ_ACCOUNT)
def list_contacts(actor: Actor, account: Account) -> Response:
    mine = allowed(actor, May.READ_CONTACT).where(Contact.account_pk == account.pk, Contact.removed_at.is_(None))
    found = mine.options(joinedload(Contact.account))

    def show(rows: list[Contact]) -> list[Any]:
        roles = {line.contact.pk: line.roles for line in queries.contacts(actor, account)}
        return [contact_json(row, roles.get(row.pk, ())) for row in rows]

    return listed(actor, found.options(joinedload(Contact.person)), [Contact.name, Contact.pk], show)


@api.post("/accounts/<ref:account>/contacts")
@described("Add a contact", takes=NewContact, makes=ContactJson)
@guarded(account=May.CHANGE_ACCOUNT)
def add_contact(actor: Actor, account: Account) -> Response:
    told = body(NewContact)
    details = told.model_dump(exclude={"buying_roles", "email"})
    contact = actions.add_contact(actor, account, email=told.email or "", roles=list(told.buying_roles), **details)
    return answer(contact_json(contact, actions.roles_of(actor, contact)), 201)


@api.get("/contacts/<ref:contact>")
@described("A contact", gives=ContactJson)
@guarded(contact=May.READ_CONTACT)
def show_contact(actor: Actor, contact: Contact) -> Response:
    """Who was merged into another is the other."""
    return answer(contact_json(contact.stands, actions.roles_of(actor, contact.stands)))


@api.patch("/contacts/<ref:contact>")
@described("Change a contact, or move them to another account, where they are a new contact", takes=ContactChange, gives=ContactJson)
@guarded(contact=May.CHANGE_CONTACT)
def change_contact(actor: Actor, contact: Contact) -> Response:
    told = body(ContactChange)
    fields = told.model_dump(include=told.model_fields_set - {"buying_roles", "account"})
    roles: list[str] | None = list(told.buying_roles) if "buying_roles" in told.model_fields_set else None
    actions.change_contact(actor, contact, roles=roles, **fields)
    if told.account and told.account != contact.account.id:
        contact = actions.move_contact(actor, contact, to=named(actor, May.READ_ACCOUNT, told.account, "account"))
    return answer(contact_json(contact, actions.roles_of(actor, contact)))


@api.post("/contacts/<ref:contact>/merge")
@described("Say that another contact is the same person, and keep this one", takes=Merging, gives=ContactJson)
@guarded(contact=May.CHANGE_CONTACT)
def merge_contacts(actor: Actor, contact: Contact) -> Response:
    other = named(actor, May.READ_CONTACT, body(Merging).other, "other")
    actions.merge_contacts(actor, contact, other=other)
    return answer(contact_json(contact, actions.roles_of(actor, contact)))


@api.post("/contacts/<ref:contact>/restore")
@described("Take back that a contact was merged into another, or moved to another account", gives=ContactJson)
@guarded(contact=May.RESTORE_CONTACT)
def restore_contact(actor: Actor, contact: Contact) -> Response:
    actions.restore_contact(actor, contact)
    return answer(contact_json(contact, actions.roles_of(actor, contact)))


@api.get("/accounts/<ref:account>/notes")
@described("Staff-only notes, newest first", lists=NoteJson)
@guarded(account=May.READ_ACCOUNT)
def list_notes(actor: Actor, account: Account) -> Response:
    """Newest first."""
    found = allowed(actor, May.READ_NOTE).where(Note.account_pk == account.pk).options(joinedload(Note.author), joinedload(Note.account))
    return listed(actor, found, [Note.at, Note.pk], lambda rows: [note_json(row) for row in rows], descending=True)


@api.post("/accounts/<ref:account>/notes")
@described("Write a note", takes=NewNote, makes=NoteJson)
@guarded(account=May.WRITE_NOTE)
def write_note(actor: Actor, account: Account) -> Response:
    told = body(NewNote)
    return answer(note_json(actions.write_note(actor, account, body=told.body, kind=told.kind, at=told.at)), 201)


@api.get("/notes/<ref:note>")
@described("A note", gives=NoteJson)
@guarded(note=May.READ_NOTE)
def show_note(actor: Actor, note: Note) -> Response:
    return answer(note_json(note))


@api.patch("/notes/<ref:note>")
@described("Change a note of one's own", takes=NoteChange, gives=NoteJson)
@guarded(note=May.CHANGE_NOTE)
def edit_note(actor: Actor, note: Note) -> Response:
    told = body(NoteChange)
    fields = told.model_dump(include=told.model_fields_set)
    return answer(note_json(actions.edit_note(actor, note, **fields)))


@api.delete("/notes/<ref:note>")
@described("Remove a note of one's own")
@guarded(note=May.CHANGE_NOTE)
def remove_note(actor: Actor, note: Note) -> Response:
    actions.remove_note(actor, note)
    return Response(status=204)


def named(actor: Actor, verb: May, id: str, field: str) -> Any:
    """What a body names by its id. Raises Invalid where there is no such thing for the actor."""
    try:
        return fetch(actor, verb, id)
    except NotFound:
        raise Invalid((field, _("There is nothing with this id."))) from None


def moment_asked(name: str) -> datetime | None:
    """A moment of the query string; a day means its end, in UTC. Raises Invalid for anything else."""
    told = request.args.get(name, "").strip()
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told.replace(" ", "+"))  # an unescaped + arrives as a space
        moment = datetime.combine(moment, time.max) if len(told) == 10 else moment
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid((name, _("Write a date such as 2026-11-19."))) from None
