"""The people at an account."""

from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.accounts import actions, likeness, queries
from portal.accounts.models import BUYING_ROLES, Account, Contact
from portal.accounts.policy import May
from portal.accounts.schemas import NewContact
from portal.accounts.sources import account_path, contact_path
from portal.accounts.views.pages import form_lists, head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import fetch
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.tables import as_table


@pages.get("/accounts/<ref:account>/people")
@guarded(account=May.READ_ACCOUNT)
def list_contacts(actor: Actor, account: Account) -> str | Response:
    if request.args.get("format") == "csv":
        return _as_table(actor, account)
    return _people(actor, account, typed(), [])


def _as_table(actor: Actor, account: Account) -> Response:
    """What our importer of contacts reads again, under the headings it knows."""
    rows = (
        [each.contact.id, account.name, each.contact.name, each.contact.email or "", each.contact.title, each.contact.phone,
         "; ".join(each.roles), "; ".join(each.contact.tags)]
        for each in queries.contacts(actor, account)
    )  # fmt: skip
    headings = ["id", "account", "name", "email", "title", "phone", "buying_roles", "tags"]
    return as_table(f"{account.name} people", headings, rows)


@pages.post("/accounts/<ref:account>/people")
@guarded(account=May.CHANGE_ACCOUNT)
def add_contact(actor: Actor, account: Account) -> Response | tuple[str, int]:
    told = form_lists("buying_roles", "tags")
    try:
        contact = actions.add_contact(actor, account, **_details(read_form(NewContact, told)))
    except Invalid as wrong:
        actor.session.rollback()
        return _people(actor, account, told, errors_of(wrong)), 422
    return back_to(f"{account_path(account)}/people#c-{contact.id}", _("%(name)s is among the people.", name=contact.name))


@pages.get("/accounts/<ref:account>/people/<ref:contact>")
@guarded(account=May.READ_ACCOUNT, contact=May.CHANGE_CONTACT)
def edit_contact(actor: Actor, account: Account, contact: Contact) -> str:
    return _contact(actor, account, contact, _told_of(actor, contact))


def _told_of(actor: Actor, contact: Contact) -> dict[str, Any]:
    told = {name: getattr(contact, name) for name in ("name", "email", "title", "phone", "tags")}
    return told | {"buying_roles": actions.roles_of(actor, contact)}


@pages.post("/accounts/<ref:account>/people/<ref:contact>")
@guarded(account=May.READ_ACCOUNT, contact=May.CHANGE_CONTACT)
def save_contact(actor: Actor, account: Account, contact: Contact) -> Response | tuple[str, int]:
    told = form_lists("buying_roles", "tags")
    if _stands(actor, contact).changed:
        return _contact(actor, account, contact, told), 412
    try:
        actions.change_contact(actor, contact, **_details(read_form(NewContact, told)))
    except Invalid as wrong:
        actor.session.rollback()
        return _contact(actor, account, contact, told, wrong), 422
    return back_to(f"{account_path(account)}/people#c-{contact.id}", _("Saved."))


def _contact(actor: Actor, account: Account, contact: Contact, told: dict[str, Any], wrong: Invalid | None = None) -> str:
    around = head(actor, account, "people")
    return render_template(
        "accounts/contact.html",
        contact=contact,
        told=told,
        errors=errors_of(wrong),
        stands=_stands(actor, contact),
        merged=queries.merged_into(actor, contact),
        could_be=[(each.id, _said_of(each, account)) for each in queries.could_be(actor, contact)],
        accounts=[(each.id, each.name) for each in queries.changeable(actor, account)],
        **around,
    )


def _said_of(contact: Contact, account: Account) -> str:
    """A contact in a list one chooses from: name, address, and the company where it is another one."""
    where = contact.account.name if contact.account_pk != account.pk else ""
    return ", ".join(part for part in (contact.name, contact.email, where) if part)


@pages.post("/accounts/<ref:account>/people/<ref:contact>/move")
@guarded(account=May.READ_ACCOUNT, contact=May.CHANGE_CONTACT)
def move_contact(actor: Actor, account: Account, contact: Contact) -> Response | tuple[str, int]:
    try:
        to = _chosen(actor, May.READ_ACCOUNT, "account", _("Choose an account."))
        new = actions.move_contact(actor, contact, to=to)
    except Invalid as wrong:
        actor.session.rollback()
        return _contact(actor, account, contact, _told_of(actor, contact), wrong), 422
    return back_to(
        f"{account_path(to)}/people#c-{new.id}",
        _("%(name)s is at %(account)s now.", name=new.name, account=to.name),
        undo=_undo(account, contact),
    )


@pages.post("/accounts/<ref:account>/people/<ref:contact>/merge")
@guarded(account=May.READ_ACCOUNT, contact=May.CHANGE_CONTACT)
def merge_contacts(actor: Actor, account: Account, contact: Contact) -> Response | tuple[str, int]:
    try:
        other = _chosen(actor, May.READ_CONTACT, "other", _("Choose somebody."))
        actions.merge_contacts(actor, contact, other=other)
    except Invalid as wrong:
        actor.session.rollback()
        return _contact(actor, account, contact, _told_of(actor, contact), wrong), 422
    return back_to(f"{account_path(account)}/people/{contact.id}", _("They are one now."), undo=_undo(other.account, other))


@pages.post("/accounts/<ref:account>/people/<ref:contact>/restore")
@guarded(account=May.READ_ACCOUNT, contact=May.RESTORE_CONTACT)
def restore_contact(actor: Actor, account: Account, contact: Contact) -> Response | tuple[str, int]:
    try:
        actions.restore_contact(actor, contact)
    except Invalid as wrong:
        actor.session.rollback()
        return _people(actor, account, typed(), errors_of(wrong)), 422
    return back_to(f"{account_path(account)}/people#c-{contact.id}", _("%(name)s is among the people again.", name=contact.name))


@pages.post("/accounts/<ref:account>/people/<ref:contact>/apart")
@guarded(account=May.READ_ACCOUNT, contact=May.CHANGE_CONTACT)
def tell_apart(actor: Actor, account: Account, contact: Contact) -> Response | tuple[str, int]:
    """Not the same person: not proposed any more."""
    try:
        other = _chosen(actor, May.READ_CONTACT, "other", _("Choose somebody."))
    except Invalid as wrong:
        return _people(actor, account, typed(), errors_of(wrong)), 422
    actions.tell_contacts_apart(actor, contact, other=other)
    return back_to(f"{account_path(account)}/people", _("Kept apart."))


def _undo(account: Account, contact: Contact) -> str:
    return f"{account_path(account)}/people/{contact.id}/restore"


def _chosen(actor: Actor, verb: May, field: str, words: str) -> Any:
    try:
        return fetch(actor, verb, request.form.get(field, ""))
    except NotFound:
        raise Invalid((field, words)) from None


def _stands(actor: Actor, contact: Contact) -> Standing:
    return standing(
        (_("Name"), contact.name),
        (_("E-mail"), contact.email),
        (_("Title"), contact.title),
        (_("Phone"), contact.phone),
        (_("Part in the purchase"), ", ".join(sorted(actions.roles_of(actor, contact)))),
        (_("Tags"), ", ".join(contact.tags)),
    )


def _people(actor: Actor, account: Account, told: dict[str, Any], errors: list[dict[str, str]]) -> str:
    lines = queries.with_last(actor, account, queries.contacts(actor, account))
    return render_template(
        "accounts/people.html",
        contacts=lines,
        by_role={role: [line.contact.name for line in lines if role in line.roles] for role in BUYING_ROLES},
        told=told,
        errors=errors,
        adding=any(error["field"] for error in errors) or "add" in request.args,
        former=queries.former(actor, account),
        alike=likeness.alike(actor, account),
        contact_path=contact_path,
        **head(actor, account, "people"),
    )


def _details(read: NewContact) -> dict[str, Any]:
    return read.model_dump(exclude={"buying_roles", "email"}) | {"roles": list(read.buying_roles), "email": read.email or ""}
