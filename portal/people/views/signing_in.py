"""In and out: by a link or code that the mailbox gets, or by password. The same answer whether somebody is known here or not."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Request, redirect, render_template, request
from flask import session as cookie
from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people import actions, passwords, sign_ins
from portal.people.actions.links import count_try, live_link
from portal.people.actions.setting_up import is_open
from portal.people.models import Person, SignInLink
from portal.people.schemas import Asking, ByPassword, Code
from portal.people.views.blueprint import pages
from portal.web.endpoint import public
from portal.web.pages import errors_of

ASKING, ASKED_FOR, NEXT = "asking", "asked_for", "next"  # in the browser's cookie, until it is in


@pages.get("/sign-in")
@public("everybody may ask to come in")
def sign_in(actor: Actor) -> Any:
    if is_open(actor.session):
        return redirect("/setup", 303)
    goes_to = own_path(request.args.get("next", ""))
    if actor.person and "again" not in request.args:
        return redirect(goes_to or "/", 303)
    return _page("sign_in", email=actor.person.email if actor.person else "", next=goes_to)


@pages.post("/sign-in")
@public("asks for a mail; the mailbox alone hears whether the address is known", limits=("mailbox 6/15minute", "address 60/15minute"))
def ask(actor: Actor) -> Any:
    try:
        told = read_form(Asking, request.form)
    except Invalid as wrong:
        return _page("sign_in", wrong, email=request.form.get("email", ""), next=own_path(request.form.get("next", "")))
    cookie[ASKING], cookie[ASKED_FOR], cookie[NEXT] = secrets.token_urlsafe(32), told.email, own_path(told.next)
    actions.ask_link(actor, email=told.email, browser=cookie[ASKING])
    return redirect("/sign-in/code", 303)


@pages.get("/sign-in/code")
@public("the page that waits for the mail; it tells nothing of who is known here")
def wait_for_code(actor: Actor) -> Any:
    if not cookie.get(ASKING):
        return redirect("/sign-in", 303)
    return _page("code", email=cookie.get(ASKED_FOR, ""), next=cookie.get(NEXT, ""))


def _try_code(house: House, request: Request) -> tuple[int, int] | Invalid:
    """Counted in its own transaction, so that a wrong one stays counted."""
    try:
        told = read_form(Code, request.form)
    except Invalid as wrong:
        return wrong
    with house.db.writing() as session:
        return count_try(session, cookie.get(ASKING, ""), "".join(told.code.split()), house.settings.secret_key)


@pages.post("/sign-in/code")
@public("takes the six digits from the browser that asked", before=_try_code, limits=("address 40/15minute",))
def by_code(actor: Actor, received: tuple[int, int] | Invalid) -> Any:
    if not cookie.get(ASKING):
        return redirect("/sign-in", 303)
    told: dict[str, Any] = {"email": cookie.get(ASKED_FOR, ""), "next": cookie.get(NEXT, "")}
    if isinstance(received, Invalid):
        return _page("code", received, **told)
    pk, left = received
    link = actor.session.get(SignInLink, pk) if pk else None
    if link is not None:
        return _enter(actor, actions.use_link(actor, link))
    wrong = _("This is not the code of the latest mail.") if left else _("This code works no more. Have a new one sent.")
    return _page("code", Invalid(("code", wrong)), dead=not left, **told)


@pages.get("/sign-in/link/<token>")
@public("shows a button to whoever has the link; uses up nothing")
def show_link(actor: Actor, token: str) -> Any:
    link = live_link(actor.session, token)
    if link is None:
        return _page("link_dead", status=410, email="", next="")
    if not _is_ours(link):
        return _page("link_elsewhere")
    return _page("link", token=token, name=actor.session.get_one(Person, link.person_pk).name)


@pages.post("/sign-in/link/<token>")
@public("uses a link up, in the browser that asked for it", limits=("address 40/15minute",))
def by_link(actor: Actor, token: str) -> Any:
    link = live_link(actor.session, token)
    if link is None:
        return _page("link_dead", status=410, email="", next="")
    if not _is_ours(link):
        return _page("link_elsewhere", status=403)
    return _enter(actor, actions.use_link(actor, link))


@pages.get("/sign-in/password")
@public("everybody may ask to come in")
def ask_password(actor: Actor) -> Any:
    return _page("password", email="", next=own_path(request.args.get("next", "")))


def _check_password(house: House, request: Request) -> tuple[int, str | None] | Invalid:
    """(pk of the person or 0, a better hash to keep or None). Takes the same time for an unknown address."""
    try:
        told = read_form(ByPassword, request.form)
    except Invalid as wrong:
        return wrong
    with house.db.reading() as session:
        found = session.execute(select(Person.pk, Person.password_hash).where(Person.email == told.email)).first()
    right, better = passwords.verified(told.password, found.password_hash if found else None)
    return (found.pk, better) if found and right else (0, None)


@pages.post("/sign-in/password")
@public("checks a password", before=_check_password, limits=("mailbox 10/15minute", "address 60/15minute"))
def by_password(actor: Actor, received: tuple[int, str | None] | Invalid) -> Any:
    told: dict[str, Any] = {"email": request.form.get("email", ""), "next": own_path(request.form.get("next", ""))}
    if isinstance(received, Invalid):
        return _page("password", received, **told)
    pk, better = received
    person = actor.session.get(Person, pk) if pk else None
    if person is None or person.suspended_at is not None:
        wrong = _("Address and password do not belong together. You can have a link sent instead.")
        return _page("password", Invalid(("password", wrong)), **told)
    if better:
        person.password_hash = better
    cookie[NEXT] = told["next"]
    return _enter(actor, person)


@pages.post("/sign-out")
@public("ends the session of the browser that asks, if it has one")
def sign_out(actor: Actor) -> Any:
    sign_ins.leave(actor.session)
    gone = redirect("/sign-in", 303)
    gone.headers["Clear-Site-Data"] = '"cache", "storage"'
    return gone


def own_path(told: str) -> str:
    """A path of this server to go on to, or nothing: `//evil`, `/\\evil` and `https:evil` are none."""
    if not told.startswith("/") or told[1:2] in ("/", "\\") or " " in told or not told.isprintable():
        return ""
    return "" if urlsplit(told).path.startswith(("/sign-in", "/sign-out", "/api/")) else told


def _enter(actor: Actor, person: Person) -> Any:
    goes_to = cookie.get(NEXT, "")
    sign_ins.enter(actor.session, person)
    return redirect(goes_to or "/", 303)


def _is_ours(link: SignInLink) -> bool:
    return link.browser in ("", sign_ins.hashed(cookie.get(ASKING, "")))


def _page(template: str, wrong: Invalid | None = None, *, status: int = 200, **context: Any) -> tuple[str, int]:
    errors = errors_of(wrong)
    return render_template(f"people/{template}.html", errors=errors, **context), 422 if wrong else status
