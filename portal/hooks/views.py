"""The pages of one's webhooks under the settings, and of everybody's for admins."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.hooks import actions, queries
from portal.hooks.models import STATES, Delivery, Webhook
from portal.hooks.policy import May
from portal.hooks.schemas import NewWebhook, WebhookChange
from portal.hooks.shapes import host_of
from portal.hooks.signing import secret_of
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.events import KINDS
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house

pages = Blueprint("hooks", __name__)
HOME = "/me/settings/webhooks"


@pages.get(HOME)
@guarded(May.MAKE_WEBHOOK)
def index(actor: Actor) -> Any:
    return _index(actor, {})


@pages.post(HOME)
@guarded(May.MAKE_WEBHOOK)
def make(actor: Actor) -> Any:
    told = _told()
    try:
        made = actions.make_webhook(actor, settings=house().settings, **read_form(NewWebhook, told).model_dump())
    except Invalid as wrong:
        return _index(actor, told, wrong)
    return _page(actor, made, _told_of(actor, made), secret=secret_of(house().settings.secret_key, made))


@pages.get(f"{HOME}/<ref:webhook>")
@guarded(webhook=May.CHANGE_WEBHOOK)
def show(actor: Actor, webhook: Webhook) -> Any:
    return _page(actor, webhook, _told_of(actor, webhook))


@pages.post(f"{HOME}/<ref:webhook>")
@guarded(webhook=May.CHANGE_WEBHOOK)
def change(actor: Actor, webhook: Webhook) -> Any:
    told = _told()
    try:
        actions.change_webhook(actor, webhook, settings=house().settings, **read_form(WebhookChange, told).model_dump())
    except Invalid as wrong:
        return _page(actor, webhook, told, wrong)
    return back_to(f"{HOME}/{webhook.id}", _("Saved."))


@pages.post(f"{HOME}/<ref:webhook>/off")
@guarded(webhook=May.SWITCH_OFF_WEBHOOK)
def switch_off(actor: Actor, webhook: Webhook) -> Any:
    actions.switch_off(actor, webhook)
    return _back(actor, webhook, _("Switched off. Nothing is sent."))


@pages.post(f"{HOME}/<ref:webhook>/on")
@guarded(webhook=May.SWITCH_ON_WEBHOOK)
def switch_on(actor: Actor, webhook: Webhook) -> Any:
    actions.switch_on(actor, webhook)
    return _back(actor, webhook, _("Switched on. What happens from now on is sent."))


@pages.post(f"{HOME}/<ref:webhook>/secret")
@guarded(webhook=May.CHANGE_WEBHOOK)
def rotate(actor: Actor, webhook: Webhook) -> Any:
    actions.rotate_secret(actor, webhook)
    return _page(actor, webhook, _told_of(actor, webhook), secret=secret_of(house().settings.secret_key, webhook))


@pages.post(f"{HOME}/<ref:webhook>/test")
@guarded(webhook=May.CHANGE_WEBHOOK, limits=("60/hour",))
def test(actor: Actor, webhook: Webhook) -> Any:
    actions.send_test(actor, webhook)
    return back_to(f"{HOME}/{webhook.id}#deliveries", _("A test is on its way. How it fares stands below in a moment."))


@pages.post(f"{HOME}/<ref:webhook>/replay")
@guarded(webhook=May.CHANGE_WEBHOOK)
def replay(actor: Actor, webhook: Webhook) -> Any:
    try:
        count = actions.replay(actor, webhook)
    except Invalid as wrong:
        return back_to(f"{HOME}/{webhook.id}", wrong.errors[0][1], bad=True)
    return back_to(
        f"{HOME}/{webhook.id}#deliveries",
        ngettext("%(num)d delivery waits to be sent again.", "%(num)d deliveries wait to be sent again.", count),
    )


@pages.post(f"{HOME}/<ref:webhook>/remove")
@guarded(webhook=May.CHANGE_WEBHOOK)
def remove(actor: Actor, webhook: Webhook) -> Any:
    name = webhook.name
    actions.remove_webhook(actor, webhook)
    return back_to(HOME, _("“%(name)s” is removed.", name=name))


@pages.post(f"{HOME}/<ref:webhook>/deliveries/<ref:delivery>/again")
@guarded(webhook=May.CHANGE_WEBHOOK, delivery=May.READ_DELIVERY)
def again(actor: Actor, webhook: Webhook, delivery: Delivery) -> Any:
    try:
        actions.redeliver(actor, delivery)
    except Invalid as wrong:
        return back_to(f"{HOME}/{webhook.id}#deliveries", wrong.errors[0][1], bad=True)
    return back_to(f"{HOME}/{webhook.id}#deliveries", _("It is sent again."))


@pages.get("/admin/webhooks")
@guarded(May.SEE_WEBHOOKS)
def everybodys(actor: Actor) -> Any:
    found = list(actor.session.scalars(queries.all_webhooks(actor).order_by(Webhook.created_at.desc(), Webhook.pk)))
    return render_template("hooks/admin.html", webhooks=found, hosts={each.pk: host_of(each) for each in found})


def _index(actor: Actor, told: dict[str, Any], wrong: Invalid | None = None) -> Any:
    mine = list(actor.session.scalars(queries.own_webhooks(actor).order_by(Webhook.created_at.desc(), Webhook.pk)))
    context = _choices(actor) | {"webhooks": mine, "hosts": {each.pk: host_of(each) for each in mine}, "told": told}
    return render_template(
        "hooks/index.html", standing=queries.standing(actor, mine), errors=errors_of(wrong), **context
    ), 422 if wrong else 200


def _page(actor: Actor, webhook: Webhook, told: dict[str, Any], wrong: Invalid | None = None, secret: str = "") -> Any:
    state = request.args.get("state", "") if request.args.get("state") in STATES else ""
    shown = queries.newest_deliveries(actor, webhook, state)
    context = _choices(actor, told.get("kinds") or ()) | {
        "webhook": webhook,
        "told": told,
        "secret": secret,
        "state": state,
        "deliveries": shown,
    }
    context |= {
        "host": host_of(webhook),
        "titles": queries.titles_of(actor, shown),
        "counts": queries.standing(actor, [webhook])[webhook.pk],
    }
    context["may_switch_on"] = webhook.off_at is not None and may(actor, May.SWITCH_ON_WEBHOOK, webhook)
    return render_template("hooks/webhook.html", errors=errors_of(wrong), most=queries.SHOWN, **context), 422 if wrong else 200


def _choices(actor: Actor, chosen: Any = ()) -> dict[str, Any]:
    """What a webhook can be limited to; kinds by their first halves, and those chosen one by one through the API."""
    halves = sorted({name.partition(".")[0] for name in KINDS})
    return {
        "halves": halves + [name for name in chosen if name not in halves],
        "accounts": queries.choices(actor, "account"),
        "workspaces": queries.choices(actor, "workspace"),
    }


def _told() -> dict[str, Any]:
    return {name: value for name, value in request.form.items() if name != "kinds"} | {"kinds": request.form.getlist("kinds")}


def _told_of(actor: Actor, webhook: Webhook) -> dict[str, Any]:
    limits = queries.limits_of(actor, webhook)
    return {"url": webhook.url, "name": webhook.name, "kinds": webhook.kinds, "team": webhook.team, **limits}


def _back(actor: Actor, webhook: Webhook, words: str) -> Response:
    mine = webhook.person_pk == actor.pk
    return back_to(f"{HOME}/{webhook.id}" if mine and request.form.get("from") != "admin" else "/admin/webhooks", words)
