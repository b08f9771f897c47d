"""The people at an account."""

from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.accounts import actions, queries
from portal.accounts.models import BUYING_ROLES, Account, Contact
from portal.accounts.policy import May
from portal.accounts.schemas import NewContact
from portal.accounts.sources import account_path
from portal.accounts.views.pages import form_lists, head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of


@pages.get("/accounts/<ref:account>/people")
@guarded(account=May.READ_ACCOUNT)
def list_contacts(actor: Actor, account: Account) -> str:
    return _people(actor, account, typed(), [])


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
    told = {name: getattr(contact, name) for name in ("name", "email", "title", "phone", "tags")}
    told["buying_roles"] = actions.roles_of(actor, contact)
    return _contact(actor, account, contact, told)


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
    stands = _stands(actor, contact)
    return render_template("accounts/contact.html", contact=contact, told=told, errors=errors_of(wrong), stands=stands, **around)


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
        adding=bool(errors) or "add" in request.args,
        **head(actor, account, "people"),
    )


def _details(read: NewContact) -> dict[str, Any]:
    return read.model_dump(exclude={"buying_roles", "email"}) | {"roles": list(read.buying_roles), "email": read.email or ""}
