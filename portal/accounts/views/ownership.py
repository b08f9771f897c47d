"""Who looks after an account. Who may change it need not see what is in it."""

from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.accounts import actions, deputising, queries
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.accounts.schemas import Giving, NamingDeputy
from portal.accounts.sources import account_path
from portal.accounts.views.pages import head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.people.models import Person
from portal.people.policy import May as People
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of


@pages.get("/accounts/<ref:account>/owner")
@guarded(account=May.GIVE_ACCOUNT)
def show_owner(actor: Actor, account: Account) -> str:
    return _page(actor, account)


@pages.post("/accounts/<ref:account>/owner")
@guarded(account=May.GIVE_ACCOUNT)
def give_account(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        told = read_form(Giving, request.form)
        to = actions.staff_named(actor, told.to, "to")
        actions.give_account(actor, account, to=to, reason=told.reason)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    return back_to(_back(actor, account), _("%(name)s looks after %(account)s now.", name=to.name, account=account.name))


@pages.post("/accounts/<ref:account>/team")
@guarded(account=May.GIVE_ACCOUNT)
def join_team(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        person = actions.staff_named(actor, request.form.get("person", ""), "person")
        actions.join_team(actor, account, person=person)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    return back_to(f"{account_path(account)}/owner", _("%(name)s is on the team.", name=person.name))


@pages.post("/accounts/<ref:account>/team/leave")
@guarded(account=May.GIVE_ACCOUNT)
def leave_team(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        person = actions.staff_named(actor, request.form.get("person", ""), "person")
        actions.leave_team(actor, account, person=person)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    return back_to(
        f"{account_path(account)}/owner",
        _("%(name)s is no longer on the team.", name=person.name),
        undo=f"{account_path(account)}/team",
        fields={"person": person.id},
    )


@pages.post("/accounts/<ref:account>/deputy")
@guarded(account=May.GIVE_ACCOUNT)
def name_deputy(actor: Actor, account: Account) -> Response | tuple[str, int]:
    """For this account, or where the form says so for all that its owner has and the actor may give."""
    try:
        told = read_form(NamingDeputy, {**request.form, "person": request.form.get("deputy", "")})
        person = actions.staff_named(actor, told.person, "deputy")
        owned = actions.owner_of(actor, account)
        whole = owned if request.form.get("all") else None
        for each in queries.to_be_given(actor, whole.person) if whole else [account]:
            actions.name_deputy(actor, each, person=person, begins=told.begins, until=told.until)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, account, Invalid(*(("deputy" if field == "person" else field, words) for field, words in wrong.errors))), 422
    return back_to(f"{account_path(account)}/owner", _("%(name)s acts for the owner in that time.", name=person.name))


@pages.post("/accounts/<ref:account>/deputy/end")
@guarded(account=May.GIVE_ACCOUNT)
def end_deputy(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        person = actions.staff_named(actor, request.form.get("deputy", ""), "deputy")
        actions.end_deputy(actor, account, person=person)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    return back_to(f"{account_path(account)}/owner", _("%(name)s no longer acts for the owner.", name=person.name))


@pages.post("/people/<ref:person>/accounts/give")
@guarded(May.LIST_ACCOUNTS, person=People.READ_STAFF)
def give_accounts(actor: Actor, person: Person) -> Response:
    """Give what somebody owns to a successor: one account where the form names it, else all that the actor may give."""
    told = read_form(Giving, {name: value for name, value in request.form.items() if name in ("to", "reason")})
    to = actions.staff_named(actor, told.to, "to")
    only = request.form.get("account", "")
    given = [account for account in queries.to_be_given(actor, person) if not only or account.id == only]
    for account in given:
        actions.give_account(actor, account, to=to, reason=told.reason)
    return back_to(
        f"/admin/people/{person.id}" if actor.is_admin else "/accounts",
        ngettext("%(name)s looks after %(num)d account more.", "%(name)s looks after %(num)d accounts more.", len(given), name=to.name),
    )


def owned_by(actor: Actor, person: Person) -> dict[str, Any] | None:
    """For the admin's page of a person: what they own, and who could own it."""
    owned = queries.to_be_given(actor, person)
    if not owned:
        return None
    return {"owned": owned, "could_own": [other for other in queries.could_own(actor) if other.pk != person.pk]}


def _page(actor: Actor, account: Account, wrong: Invalid | None = None) -> str:
    shown, staff = head(actor, account, "owner"), queries.could_own(actor)
    return render_template(
        "accounts/owner.html",
        choices_to_own=[(person.id, person.name) for person in staff if person != shown["team"].owner],
        could_join=[person for person in staff if person not in shown["team"].everybody],
        deputies=deputising.deputies(actor, account),
        readable=may(actor, May.READ_ACCOUNT, account),
        told=typed(request.form),
        errors=errors_of(wrong),
        **shown,
    )


def _back(actor: Actor, account: Account) -> str:
    """The account, for who can still see it."""
    if may(actor, May.READ_ACCOUNT, account):
        return account_path(account)
    return "/admin/people" if actor.is_admin else "/accounts"
