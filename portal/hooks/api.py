"""`/api/v1/webhooks` and `/api/v1/changes`."""

from typing import Any

from flask import Response, request

from portal.hooks import actions, queries
from portal.hooks.models import STATES, Delivery, Webhook
from portal.hooks.policy import May
from portal.hooks.schemas import ChangesAsked, DeliveriesAsked, NewWebhook, Replay, WebhookChange, WebhooksAsked
from portal.hooks.shapes import (
    ChangeJson,
    DeliveryJson,
    KnownWebhookJson,
    QueuedJson,
    WebhookJson,
    WebhookWithSecretJson,
    deliveries_json,
    lines,
    webhooks_json,
)
from portal.hooks.signing import secret_of
from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.ids import is_id
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, limit_asked, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded, own
from portal.web.unit import house

api = resource("hooks", "Changes and webhooks")


@api.get("/changes")
@described(
    "What happened, as far as the caller may know of it now, oldest first",
    asks=ChangesAsked,
    lists=ChangeJson,
    paged=False,
)
@own("what happened, as far as the caller may know of it now")
def changes(actor: Actor) -> Response:
    told = {name: request.args.get(name, "").strip() for name in ("account", "workspace")}
    if wrong := [name for name, id in told.items() if id and not is_id(id)]:
        raise Invalid(*((name, _("This is not an id.")) for name in wrong))
    kinds = tuple(part.strip() for part in request.args.get("kind", "").split(",") if part.strip())
    asked = queries.Asked(request.args.get("after", ""), kinds, **told)
    events, following = queries.changes(actor, asked, limit_asked())
    return answer({"items": lines(actor, events), "next": following})


@api.get("/webhooks")
@described("One's webhooks; for admins everybody's", asks=WebhooksAsked, lists=WebhookJson | KnownWebhookJson)
@guarded(May.MAKE_WEBHOOK)
def list_webhooks(actor: Actor) -> Response:
    """One's own; for admins with ?owner=all everybody's."""
    everybody = request.args.get("owner") == "all"
    if everybody and not actor.is_admin:
        raise Forbidden(_("Only an admin can see this."))
    found = queries.all_webhooks(actor) if everybody else queries.own_webhooks(actor)
    return listed(actor, found, [Webhook.created_at, Webhook.pk], lambda rows: webhooks_json(actor, rows))


@api.post("/webhooks")
@described("Make a webhook", takes=NewWebhook, makes=WebhookWithSecretJson)
@guarded(May.MAKE_WEBHOOK)
def make(actor: Actor) -> Response:
    made = actions.make_webhook(actor, settings=house().settings, **body(NewWebhook).model_dump())
    return answer(_with_secret(actor, made), 201)


@api.get("/webhooks/<ref:webhook>")
@described("A webhook", gives=WebhookJson | KnownWebhookJson)
@guarded(webhook=May.KNOW_WEBHOOK)
def show(actor: Actor, webhook: Webhook) -> Response:
    return answer(_shown(actor, webhook))


@api.patch("/webhooks/<ref:webhook>")
@described("Change a webhook", takes=WebhookChange, gives=WebhookJson)
@guarded(webhook=May.CHANGE_WEBHOOK)
def change(actor: Actor, webhook: Webhook) -> Response:
    fields: dict[str, Any] = body(WebhookChange).model_dump(exclude_unset=True)
    return answer(_shown(actor, actions.change_webhook(actor, webhook, settings=house().settings, **fields)))


@api.delete("/webhooks/<ref:webhook>")
@described("Remove a webhook with its deliveries")
@guarded(webhook=May.CHANGE_WEBHOOK)
def remove(actor: Actor, webhook: Webhook) -> Response:
    actions.remove_webhook(actor, webhook)
    return Response(status=204)


@api.post("/webhooks/<ref:webhook>/disable")
@described("Switch a webhook off", gives=WebhookJson | KnownWebhookJson)
@guarded(webhook=May.SWITCH_OFF_WEBHOOK)
def disable(actor: Actor, webhook: Webhook) -> Response:
    return answer(_shown(actor, actions.switch_off(actor, webhook)))


@api.post("/webhooks/<ref:webhook>/enable")
@described("Switch a webhook on again", gives=WebhookJson | KnownWebhookJson)
@guarded(webhook=May.SWITCH_ON_WEBHOOK)
def enable(actor: Actor, webhook: Webhook) -> Response:
    return answer(_shown(actor, actions.switch_on(actor, webhook)))


@api.post("/webhooks/<ref:webhook>/rotate")
@described("Give a webhook a new secret; the one before signs too for 24 hours", gives=WebhookWithSecretJson)
@guarded(webhook=May.CHANGE_WEBHOOK)
def rotate(actor: Actor, webhook: Webhook) -> Response:
    return answer(_with_secret(actor, actions.rotate_secret(actor, webhook)))


@api.post("/webhooks/<ref:webhook>/test")
@described("Have a message without content sent", makes=DeliveryJson)
@guarded(webhook=May.CHANGE_WEBHOOK, limits=("60/hour",))
def test(actor: Actor, webhook: Webhook) -> Response:
    return answer(deliveries_json([actions.send_test(actor, webhook)])[0], 201)


@api.post("/webhooks/<ref:webhook>/replay")
@described("Have everything sent again that was given up or not sent", takes=Replay, gives=QueuedJson, also=(422,))
@guarded(webhook=May.CHANGE_WEBHOOK)
def replay(actor: Actor, webhook: Webhook) -> Response:
    return answer({"queued": actions.replay(actor, webhook, since=body(Replay).since)})


@api.get("/webhooks/<ref:webhook>/deliveries")
@described("What became of what was sent, newest first", asks=DeliveriesAsked, lists=DeliveryJson)
@guarded(webhook=May.CHANGE_WEBHOOK)
def list_deliveries(actor: Actor, webhook: Webhook) -> Response:
    state = request.args.get("state", "")
    if state and state not in STATES:
        raise Invalid(("state", _("Choose one of %(expected)s.", expected=", ".join(STATES))))
    found = queries.deliveries(actor, webhook, state)
    return listed(actor, found, [Delivery.created_at, Delivery.pk], deliveries_json, descending=True)


@api.get("/webhooks/<ref:webhook>/deliveries/<ref:delivery>")
@described("A delivery", gives=DeliveryJson)
@guarded(webhook=May.CHANGE_WEBHOOK, delivery=May.READ_DELIVERY)
def show_delivery(actor: Actor, webhook: Webhook, delivery: Delivery) -> Response:
    return answer(deliveries_json([delivery])[0])


@api.post("/webhooks/<ref:webhook>/deliveries/<ref:delivery>/redeliver")
@described("Have a delivery sent again, under the same id", gives=DeliveryJson, also=(422,))
@guarded(webhook=May.CHANGE_WEBHOOK, delivery=May.READ_DELIVERY)
def redeliver(actor: Actor, webhook: Webhook, delivery: Delivery) -> Response:
    return answer(deliveries_json([actions.redeliver(actor, delivery)])[0])


def _shown(actor: Actor, webhook: Webhook) -> WebhookJson | KnownWebhookJson:
    return webhooks_json(actor, [webhook])[0]


def _with_secret(actor: Actor, webhook: Webhook) -> dict[str, Any]:
    """The one answer that tells the secret."""
    return {**_shown(actor, webhook), "secret": secret_of(house().settings.secret_key, webhook)}
