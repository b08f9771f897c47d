"""The inbox page, the choices about mail, and the way out of mail without signing in."""

from typing import Any

from babel.dates import get_day_names
from flask import Blueprint, jsonify, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, Invalid
from portal.kernel.schemas import read_form
from portal.kernel.sources import cite
from portal.kernel.words import gettext as _
from portal.kernel.words import language
from portal.notices import actions, queries, stops
from portal.notices.schemas import WishesChange
from portal.notices.shapes import wishes_json
from portal.notices.wishes import wishes_of, zone_of
from portal.people.models import Person
from portal.web.endpoint import own, public
from portal.web.pages import back_to, errors_of
from portal.web.unit import house

pages = Blueprint("notices", __name__)


@pages.get("/me/notifications")
@own("notices")
def inbox(actor: Actor) -> str:
    return render_template("notices/inbox.html", groups=queries.inbox(actor))


@pages.get("/me/counts")
@own("what is new to oneself")
def counts(actor: Actor) -> Any:
    """For a page that is told of news: what it would say if it were made now."""
    return jsonify(inbox=queries.unread_count(actor))


@pages.post("/me/notifications")
@own("notices")
def clear(actor: Actor) -> Any:
    """One thing done or not done after all, read or unread again; or everything read."""
    thing = request.form.get("thing", "")[:40]
    match request.form.get("act"):
        case "done":
            actions.clear_thing(actor, thing=thing)
            return back_to("/me/notifications", _("Done."), undo="/me/notifications", fields={"act": "undo", "thing": thing})
        case "undo":
            actions.clear_thing(actor, thing=thing, done=False)
        case "read" | "unread" as how:
            actions.read_thing(actor, thing=thing, read=how == "read")
        case "all":
            actions.read_everything(actor)
        case _:
            raise Invalid(("act", _("Choose one of %(expected)s.", expected="done, undo, read, unread, all")))
    return back_to("/me/notifications")


@pages.get("/me/settings/notifications")
@own("what one wants to hear")
def choices(actor: Actor) -> str:
    return _choices(actor)


@pages.post("/me/settings/notifications")
@own("what one wants to hear")
def choose(actor: Actor) -> Any:
    """Mail about one thing stopped or wanted again, a place treated as all others, or the wishes as a whole."""
    thing = request.form.get("thing", "")[:40]
    if "mail" in request.form:
        change = actions.want_mail if request.form["mail"] == "on" else actions.stop_mail
        change(actor, person_pk=actor.pk, thing=thing or "*")
    elif thing:
        actions.set_level(actor, thing=thing, level=None)
    else:
        told = {name: request.form[name] for name in request.form if name in WishesChange.model_fields}
        told["quiet_days"] = "".join(request.form.getlist("quiet_days"))
        try:
            wishes = read_form(WishesChange, told)
        except Invalid as wrong:
            return _choices(actor, told, errors_of(wrong)), 422
        actions.change_wishes(actor, **wishes.model_dump())
    return back_to("/me/settings/notifications", _("Saved."))


def _choices(actor: Actor, told: dict[str, str] | None = None, errors: list[dict[str, str]] | None = None) -> str:
    stopped, levels = queries.stopped(actor), queries.levels_said(actor)
    things = [thing for thing in ([each.thing for each in stopped] + [each.thing for each in levels]) if ":" in thing]
    wishes = wishes_of(actor.session, actor.pk)
    return render_template(
        "notices/choices.html",
        stopped=stopped,
        levels=levels,
        cited={f"{kind}:{id}": found for (kind, id), found in cite(actor, (_split(thing) for thing in things)).items()},
        none=any(each.thing == "*" for each in stopped),
        no_digest=any(each.thing == stops.DIGESTS for each in stopped),
        told=wishes_json(wishes) | (told or {}),
        errors=errors or [],
        weekdays=[(n, name) for n, name in sorted(get_day_names("wide", locale=language()).items())],
        zone=zone_of(actor.session, actor.person).key,
    )


def _split(thing: str) -> tuple[str, str]:
    kind, _colon, id = thing.partition(":")
    return kind, id


@pages.get("/unsubscribe/<token>")
@public("the token is signed by us and was mailed to the person it names")
def offer(actor: Actor, token: str) -> str:
    person_pk, thing = _named(token)
    return render_template("notices/unsubscribe.html", thing=thing, done=False, email=_email(actor, person_pk))


@pages.post("/unsubscribe/<token>")
@public("the token is signed by us and was mailed to the person it names")
def stop(actor: Actor, token: str) -> str:
    """One click, by a person or by their mail program (RFC 8058)."""
    person_pk, thing = _named(token)
    if request.form.get("act") == "undo":
        actions.want_mail(actor, person_pk=person_pk, thing=thing)
        return render_template("notices/unsubscribe.html", thing=thing, done=False, email=_email(actor, person_pk))
    actions.stop_mail(actor, person_pk=person_pk, thing="*" if request.form.get("all") else thing)
    return render_template("notices/unsubscribe.html", thing=thing, done=True, email=_email(actor, person_pk))


def _named(token: str) -> tuple[int, str]:
    named = stops.read(house().settings.secret_key, token)
    if named is None:
        raise Gone(_("This link is not one of ours, or is cut. Your choices about mail are under Settings once you are signed in."))
    return named


def _email(actor: Actor, person_pk: int) -> str:
    """The address the mail went to, with its middle hidden: whoever holds a forwarded mail learns no more."""
    person = actor.session.get(Person, person_pk)
    if person is None:
        raise Gone
    name, _at, domain = person.email.partition("@")
    return f"{name[:1]}…@{domain}"
