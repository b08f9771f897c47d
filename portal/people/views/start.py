"""The front door, and the first start."""

from typing import Any

from flask import Request, redirect, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.house import House
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people import actions, passwords, queries, sign_ins
from portal.people.actions.setting_up import is_open
from portal.people.schemas import Setup
from portal.people.views.blueprint import pages
from portal.people.zones import zones
from portal.web.endpoint import own, public
from portal.web.pages import back_to, errors_of
from portal.web.unit import house as this_house

PRODUCT = "Mainstay"


@pages.get("/")
@public("sends everybody where they belong")
def front_door(actor: Actor) -> Any:
    if not actor.person:
        return redirect("/setup" if is_open(actor.session) else "/sign-in", 303)
    return redirect("/today" if actor.is_staff else "/w/", 303)


@pages.get("/me")
@own("nothing: it leads to one's settings")
def me(actor: Actor) -> Any:
    return redirect("/me/settings/profile", 303)


@pages.get("/setup")
@public("open until the first admin exists")
def setup(actor: Actor) -> Any:
    if not is_open(actor.session):
        raise NotFound
    return _setup_page({})


def _read_setup(house: House, request: Request) -> tuple[Setup, str] | Invalid:
    """What was told, and the password's hash, made outside of any transaction."""
    with house.db.reading() as session:
        if not is_open(session):
            raise NotFound
    try:
        told = read_form(Setup, request.form)
        passwords.check(told.password, (told.vendor, PRODUCT, told.name, told.email.split("@")[0]))
    except Invalid as wrong:
        return wrong
    return told, passwords.hashed(told.password)


@pages.post("/setup")
@public("open until the first admin exists", before=_read_setup, limits=("address 20/15minute",))
def set_up(actor: Actor, received: tuple[Setup, str] | Invalid) -> Any:
    if isinstance(received, Invalid):
        return _setup_page(request.form, received)
    told, hash = received
    try:
        person = actions.set_up(
            actor,
            vendor=told.vendor,
            timezone=told.timezone,
            language=told.language,
            name=told.name,
            email=told.email,
            password_hash=hash,
        )
    except Invalid as wrong:
        return _setup_page(request.form, wrong)
    queries.forget_vendor()
    sign_ins.enter(actor.session, person)
    return back_to("/accounts/new", _("%(vendor)s is set up. Open the first account, then a workspace for it.", vendor=told.vendor))


def _setup_page(told: Any, wrong: Invalid | None = None) -> tuple[str, int]:
    errors = errors_of(wrong)
    base = this_house().settings.base_url
    return render_template("people/setup.html", told=told, errors=errors, zones=zones(), base_url=base), 422 if wrong else 200
