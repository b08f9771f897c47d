"""One's own settings: profile, appearance, keyboard, and how one signs in."""

from datetime import timedelta
from typing import Any

from flask import Request, g, redirect, render_template, request
from flask import session as cookie

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.house import House
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people import actions, passwords, queries
from portal.people.models import SignIn, Token
from portal.people.policy import May
from portal.people.schemas import Appearance, NewPassword, NewToken, Profile
from portal.people.views.blueprint import pages
from portal.people.views.start import PRODUCT
from portal.people.zones import zones
from portal.web.endpoint import guarded, own
from portal.web.pages import back_to, errors_of

FRESH = timedelta(minutes=15)  # a sign-in this young shows who it is, where there is no password yet


@pages.get("/me/settings/profile")
@own("one's own profile")
def profile(actor: Actor) -> Any:
    return _profile({name: getattr(actor.person, name) for name in Profile.model_fields})


@pages.post("/me/settings/profile")
@own("one's own profile")
def save_profile(actor: Actor) -> Any:
    try:
        told = read_form(Profile, request.form)
    except Invalid as wrong:
        return _profile(request.form, wrong)
    actions.change_own(actor, **told.model_dump())
    return _saved("profile")


@pages.get("/me/settings/appearance")
@own("how pages look to oneself")
def appearance(actor: Actor) -> Any:
    return render_template("people/appearance.html", errors=[])


@pages.post("/me/settings/appearance")
@own("how pages look to oneself")
def save_appearance(actor: Actor) -> Any:
    try:
        told = read_form(Appearance, request.form)
    except Invalid as wrong:
        return _refused("appearance", wrong)
    actions.change_own(actor, theme=told.theme)
    answer = _saved("appearance")
    answer.set_cookie("theme", told.theme, max_age=365 * 86400, secure=request.is_secure, httponly=True, samesite="Lax")
    return answer


@pages.get("/me/settings/keyboard")
@own("one's own shortcuts")
def keyboard(actor: Actor) -> Any:
    return render_template("people/keyboard.html", errors=[])


@pages.post("/me/settings/keyboard")
@own("one's own shortcuts")
def save_keyboard(actor: Actor) -> Any:
    actions.change_own(actor, keys=request.form.get("keys") == "1")
    return _saved("keyboard")


@pages.post("/me/settings/presence")
@own("whether others see that one is here")
def save_presence(actor: Actor) -> Any:
    actions.change_own(actor, present=request.form.get("present") == "1")
    return _saved("profile")


@pages.get("/me/settings/security")
@own("one's own password, sign-ins and tokens")
def security(actor: Actor) -> Any:
    return _security(actor)


def _change_password(house: House, request: Request) -> str | Invalid:
    """The hash of the new password, once the old one (or a young sign-in) has shown who this is."""
    person = g.actor.person
    with house.db.reading() as session:
        asking = Actor(session, person, sign_in=g.actor.sign_in)
        fresh, vendor = is_fresh(asking), queries.vendor(asking)
    try:
        told = read_form(NewPassword, request.form)
        _recognise(person.password_hash, told.current, fresh)
        passwords.check(told.password, (vendor.name, PRODUCT, person.name, person.email.split("@")[0]))
    except Invalid as wrong:
        return wrong
    return passwords.hashed(told.password)


def _recognise(kept: str | None, current: str, fresh: bool) -> None:
    if kept is None and not fresh:
        raise Invalid(("", _("Sign in once more first: your last sign-in is a while ago.")))
    if kept is not None and not passwords.verified(current, kept)[0]:
        raise Invalid(("current", _("This is not your password.")))


@pages.post("/me/settings/security/password")
@own("one's own password", before=_change_password, limits=("10/15minute",))
def save_password(actor: Actor, received: str | Invalid) -> Any:
    if isinstance(received, Invalid):
        return _security(actor, received)
    actions.set_password(actor, hash=received, others=request.form.get("others") == "1")
    return back_to("/me/settings/security", _("Your password is set."))


@pages.post("/me/settings/security/sign-ins/<ref:sign_in>/end")
@guarded(sign_in=May.END_SIGN_IN)
def end_sign_in(actor: Actor, sign_in: SignIn) -> Any:
    here = sign_in.pk == actor.sign_in
    actions.end_sign_in(actor, sign_in)
    if here:
        cookie.clear()
        return redirect("/sign-in", 303)
    return back_to("/me/settings/security#sign-ins", _("Signed out there."))


@pages.post("/me/settings/security/tokens")
@guarded(May.MAKE_TOKEN)
def make_token(actor: Actor) -> Any:
    try:
        told = read_form(NewToken, request.form)
        lasts = timedelta(days=int(told.days)) if told.days else None
        made = actions.make_token(actor, name=told.name, scopes=[told.scope], lasts=lasts)
    except Invalid as wrong:
        return _security(actor, wrong)
    return _security(actor, made=made)


@pages.post("/me/settings/security/tokens/<ref:token>/revoke")
@guarded(token=May.REVOKE_TOKEN)
def revoke_token(actor: Actor, token: Token) -> Any:
    actions.revoke_token(actor, token)
    return back_to("/me/settings/security#tokens", _("Revoked. “%(name)s” works no more.", name=token.name))


def _profile(told: Any, wrong: Invalid | None = None) -> Any:
    return _refused("profile", wrong, told=told, zones=zones())


def _security(actor: Actor, wrong: Invalid | None = None, made: tuple[Token, str] | None = None) -> Any:
    return _refused(
        "security",
        wrong,
        told=request.form,
        sign_ins=queries.own_sign_ins(actor),
        this_pk=actor.sign_in,
        tokens=queries.own_tokens(actor) if actor.is_staff else [],
        can_make=may(actor, May.MAKE_TOKEN),
        made=made,
        fresh=is_fresh(actor),
    )


def is_fresh(actor: Actor) -> bool:
    """Whether this browser signed in within the last 15 minutes."""
    sign_in = actor.session.get(SignIn, actor.sign_in) if actor.sign_in else None
    return sign_in is not None and sign_in.created_at > now() - FRESH


def _refused(name: str, wrong: Invalid | None, **context: Any) -> Any:
    errors = errors_of(wrong)
    return render_template(f"people/{name}.html", errors=errors, **context), 422 if wrong else 200


def _saved(section: str) -> Any:
    return back_to(f"/me/settings/{section}", _("Saved."))
