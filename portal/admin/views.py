"""Administration: people, the vendor's own settings, how the installation is doing."""

from typing import Any

from flask import Blueprint, redirect, render_template, request

from portal.admin import queries
from portal.kernel.actor import Actor
from portal.kernel.checks import BAD, POOR
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import clean, read_form
from portal.kernel.words import gettext as _
from portal.people import actions
from portal.people import queries as people
from portal.people.models import ROLES, Person, Token
from portal.people.policy import May
from portal.people.schemas import NewStaff, StaffForm, VendorSettings
from portal.people.zones import zones
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house

pages = Blueprint("admin", __name__)


@pages.get("/admin")
@guarded(May.LOOK_AFTER_PEOPLE)
def admin(actor: Actor) -> Any:
    return redirect("/admin/people", 303)


@pages.get("/admin/people")
@guarded(May.LOOK_AFTER_PEOPLE)
def list_people(actor: Actor) -> Any:
    side = "client" if request.args.get("side") == "client" and actor.is_admin else "staff"
    q = " ".join(clean(request.args.get("q", "")[:100]).split())
    found = people.looked_after(actor, side=side, q=q)
    return render_template("admin/people.html", people=found, seen=people.last_seen(actor, found), side=side, q=q, most=people.MOST)


@pages.get("/admin/people/new")
@guarded(May.MANAGE_PEOPLE)
def new_person(actor: Actor) -> Any:
    return _form(actor, None, {"roles": ["rep"]})


@pages.post("/admin/people/new")
@guarded(May.MANAGE_PEOPLE)
def add_person(actor: Actor) -> Any:
    try:
        told = read_form(NewStaff, _told())
        manager = people.staff_of_id(actor, told.manager)
        person = actions.add_staff(actor, email=told.email, name=told.name, title=told.title, roles=list(told.roles), manager=manager)
    except Invalid as wrong:
        return _form(actor, None, _told(), wrong)
    if request.form.get("send"):
        actions.send_link(actor, person)
    return back_to(f"/admin/people/{person.id}", _("%(name)s is added.", name=person.name))


@pages.get("/admin/people/<ref:person>")
@guarded(person=May.LOOK_AFTER_PERSON)
def show_person(actor: Actor, person: Person) -> Any:
    return _form(actor, person, _told_of(person))


@pages.post("/admin/people/<ref:person>")
@guarded(person=May.MANAGE_PERSON)
def change_person(actor: Actor, person: Person) -> Any:
    if _stands(person).changed:
        return _form(actor, person, _told(), status=412)
    try:
        told = read_form(StaffForm, _told())
        manager = people.staff_of_id(actor, told.manager)
        wanted = {"name": told.name, "title": told.title, "roles": list(told.roles), "manager": manager}
        changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
        if changed:
            actions.change_staff(actor, person=person, **changed)
    except Invalid as wrong:
        return _form(actor, person, _told(), wrong)
    return back_to(f"/admin/people/{person.id}", _("Saved."))


@pages.get("/admin/people/<ref:person>/suspend")
@guarded(person=May.SUSPEND_PERSON)
def ask_suspend(actor: Actor, person: Person) -> Any:
    return render_template("admin/suspend.html", person=person, ends=queries.what_ends(actor, person), errors=[])


@pages.post("/admin/people/<ref:person>/suspend")
@guarded(person=May.SUSPEND_PERSON)
def suspend(actor: Actor, person: Person) -> Any:
    try:
        actions.suspend_person(actor, person)
    except Invalid as wrong:
        return render_template("admin/suspend.html", person=person, ends=queries.what_ends(actor, person), errors=errors_of(wrong)), 422
    undo = f"/admin/people/{person.id}/restore"
    return back_to(f"/admin/people/{person.id}", _("%(name)s has no access any more.", name=person.name), undo=undo)


@pages.post("/admin/people/<ref:person>/restore")
@guarded(person=May.SUSPEND_PERSON)
def restore(actor: Actor, person: Person) -> Any:
    actions.restore_person(actor, person)
    return back_to(f"/admin/people/{person.id}", _("%(name)s may sign in again.", name=person.name))


@pages.post("/admin/people/<ref:person>/link")
@guarded(person=May.LOOK_AFTER_PERSON, limits=("30/hour",))
def send_link(actor: Actor, person: Person) -> Any:
    actions.send_link(actor, person)
    return back_to(f"/admin/people/{person.id}", _("A sign-in link is on its way to %(email)s.", email=person.email))


@pages.get("/admin/tokens")
@guarded(May.MANAGE_PEOPLE)
def list_tokens(actor: Actor) -> Any:
    return render_template("admin/tokens.html", tokens=people.all_tokens(actor), now=now(), most=people.MOST)


@pages.post("/admin/tokens/<ref:token>/revoke")
@guarded(May.MANAGE_PEOPLE, token=May.REVOKE_TOKEN)
def revoke_token(actor: Actor, token: Token) -> Any:
    actions.revoke_token(actor, token)
    return back_to("/admin/tokens", _("Revoked. “%(name)s” works no more.", name=token.name))


@pages.get("/admin/settings")
@guarded(May.CHANGE_INSTALLATION)
def settings(actor: Actor) -> Any:
    row = queries.installation(actor)
    return _settings(actor, {name: getattr(row, name, "") for name in VendorSettings.model_fields})


@pages.post("/admin/settings")
@guarded(May.CHANGE_INSTALLATION)
def save_settings(actor: Actor) -> Any:
    if _vendor_stands(actor).changed:
        return _settings(actor, request.form, status=412)
    try:
        told = read_form(VendorSettings, request.form)
    except Invalid as wrong:
        return _settings(actor, request.form, wrong)
    actions.change_installation(actor, **told.model_dump() | {"contact": told.contact or ""})
    people.forget_vendor()
    return back_to("/admin/settings", _("Saved."))


@pages.get("/admin/health")
@guarded(May.READ_HEALTH)
def health(actor: Actor) -> Any:
    found = queries.findings(house())
    bad, poor = (sum(each.state == state for each in found) for state in (BAD, POOR))
    return render_template("admin/health.html", findings=queries.by_area(found), bad=bad, poor=poor, lag=queries.lag(actor))


def _told() -> dict[str, Any]:
    return {name: value for name, value in request.form.items() if name != "roles"} | {"roles": request.form.getlist("roles")}


def _told_of(person: Person) -> dict[str, Any]:
    manager = person.manager.id if person.manager else ""
    return {"name": person.name, "title": person.title, "email": person.email, "roles": person.roles, "manager": manager}


def _stands(person: Person) -> Standing:
    manager = person.manager.name if person.manager else ""
    roles = ", ".join(person.roles)
    return standing((_("Name"), person.name), (_("Title"), person.title), (_("Role"), roles), (_("Reports to"), manager))


def _form(actor: Actor, person: Person | None, told: dict[str, Any], wrong: Invalid | None = None, *, status: int = 0) -> Any:
    known: dict[str, Any] = {"person": person, "told": told, "errors": errors_of(wrong), "roles": ROLES}
    known["stands"] = _stands(person) if person else None
    known["managers"] = people.possible_managers(actor, person)
    known["may_change"] = person is None or may(actor, May.MANAGE_PERSON, person)
    known["may_suspend"] = person is not None and may(actor, May.SUSPEND_PERSON, person)
    return render_template("admin/person.html" if person else "admin/new_person.html", **known), status or (422 if wrong else 200)


def _settings(actor: Actor, told: Any, wrong: Invalid | None = None, *, status: int = 0) -> Any:
    known = {"told": told, "errors": errors_of(wrong), "zones": zones(), "stands": _vendor_stands(actor)}
    return render_template("admin/settings.html", **known), status or (422 if wrong else 200)


def _vendor_stands(actor: Actor) -> Standing:
    row = queries.installation(actor)
    return standing(
        (_("Company"), row.name),
        (_("Whom a visitor may write to"), row.contact),
        (_("Time zone"), row.timezone),
        (_("Language"), row.language),
        (_("Currency"), row.currency),
    )
