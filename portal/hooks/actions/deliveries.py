"""What becomes of deliveries: the worker notes it, and owners have them sent again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from portal.hooks.actions.webhooks import TOPIC, switch_off
from portal.hooks.models import DEAD, DELIVERED, TEST, WAITING, WITHHELD, Delivery, Webhook
from portal.hooks.policy import May
from portal.kernel import outbox
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.ids import new_id
from portal.kernel.outbox import OutboxRow, Task, enqueue
from portal.kernel.words import gettext as _

# Seconds after the n-th failure; ten tries in all, the last one a day after the first.
BACK_OFF = (5, 60, 300, 900, 3600, 7200, 14_400, 21_600, 38_400)
TRIES = len(BACK_OFF) + 1
LONGEST_REST = 300.0  # seconds that a webhook rests at most, so that what others of its deliveries fare is known soon
PATIENCE = timedelta(days=4)  # of failures without one success
KEPT_OF_ANSWER = 1000  # characters
WORKER = "the worker's record of what it has just done"


@action(May.CHANGE_WEBHOOK)
def send_test(actor: Actor, webhook: Webhook) -> Delivery:
    """Have a message without content sent, once, also where the webhook is switched off."""
    made = Delivery(id=new_id(), webhook_pk=webhook.pk, kind=TEST)
    actor.session.add(made)
    enqueue(actor.session, TOPIC, Task(f"{webhook.id}:test", {"delivery": made.id, "asked": True}))
    actor.session.flush()
    return made


@action(May.READ_DELIVERY)
def redeliver(actor: Actor, delivery: Delivery) -> Delivery:
    """Have it sent again, under the same id; whether the owner may still see it is asked when it is sent.

    Raises Invalid where the webhook is off, or it waits anyway.
    """
    if delivery.webhook.off_at is not None and delivery.kind != TEST:
        raise Invalid(("", _("This webhook is switched off. Switch it on first.")))
    if delivery.state == WAITING:
        raise Invalid(("", _("This is waiting to be sent already.")))
    _again(actor, delivery.webhook, delivery, delivery.event.account_pk if delivery.event else None)
    return delivery


@action(May.CHANGE_WEBHOOK)
def replay(actor: Actor, webhook: Webhook, *, since: datetime | None = None) -> int:
    """Have everything sent again that was given up or not sent, of events recorded since then, in order; how many that are."""
    if webhook.off_at is not None:
        raise Invalid(("", _("This webhook is switched off. Switch it on first.")))
    found = (
        select(Delivery, Event.account_pk)
        .join(Event, Event.pk == Delivery.event_pk)
        .where(Delivery.webhook_pk == webhook.pk, Delivery.state.in_((DEAD, WITHHELD)))
        .order_by(Event.pk)
    )
    if since is not None:
        found = found.where(Event.recorded_at >= since)
    rows = actor.session.execute(found).all()
    for delivery, account_pk in rows:
        _again(actor, webhook, delivery, account_pk)
    return len(rows)


@action(open=WORKER)
def withhold(actor: Actor, delivery: Delivery, row: OutboxRow, *, why: str) -> None:
    """It is not sent, for one of models.WHY."""
    delivery.state, delivery.why = WITHHELD, why
    outbox.done(actor.session, [row])


@action(open=WORKER)
def postpone(actor: Actor, row: OutboxRow, *, until: datetime) -> None:
    """The webhook rests."""
    actor.session.execute(update(OutboxRow).where(OutboxRow.pk == row.pk).values(due_at=until))


@action(open=WORKER)
def note_answer(
    actor: Actor, delivery: Delivery, row: OutboxRow, *, code: int | None, response: bytes = b"", error: str = "", took: int = 0
) -> None:
    """How a try went. 2xx is success, 410 ends it, all else is tried again, and noticed where it goes on for days."""
    webhook = delivery.webhook
    delivery.tries, delivery.tried_at, delivery.took = delivery.tries + 1, now(), took
    delivery.code, delivery.error, delivery.response = code, error[:200], _readable(response)
    good, last = code is not None and 200 <= code < 300, delivery.kind == TEST or delivery.tries >= TRIES or code == 410
    if good or last:
        delivery.state = DELIVERED if good else DEAD
        outbox.done(actor.session, [row])
    else:
        outbox.later(actor.session, row, BACK_OFF[delivery.tries - 1])
    if delivery.kind != TEST:
        _note_health(webhook, good=good)
    if delivery.kind != TEST and not good:
        _let_rest(actor, webhook)
        if code == 410 or (webhook.failing_since is not None and now() - webhook.failing_since > PATIENCE):
            switch_off(actor, webhook, why="gone" if code == 410 else "failing")


def key_of(webhook: Webhook, account_pk: int | None) -> str:
    """Deliveries of a key are sent in order: those of one account. The webhook is the lane."""
    return f"{webhook.id}:{account_pk or 0}"


def _again(actor: Actor, webhook: Webhook, delivery: Delivery, account_pk: int | None) -> None:
    delivery.state, delivery.why, delivery.tries = WAITING, "", 0
    key = f"{webhook.id}:test" if delivery.kind == TEST else key_of(webhook, account_pk)
    enqueue(actor.session, TOPIC, Task(key, {"delivery": delivery.id, "asked": True}))


def _note_health(webhook: Webhook, *, good: bool) -> None:
    if good:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    else:
        webhook.failures, webhook.failing_since = webhook.failures + 1, webhook.failing_since or now()


def _let_rest(actor: Actor, webhook: Webhook) -> None:
    """After a failure nothing else of this webhook is tried for a while: a target that hangs costs nobody else a turn."""
    rest = min(float(BACK_OFF[min(webhook.failures, len(BACK_OFF)) - 1]), LONGEST_REST)
    webhook.rests_until = now() + timedelta(seconds=rest)
    queued: Any = update(OutboxRow).where(
        OutboxRow.topic == TOPIC,
        OutboxRow.key.startswith(f"{webhook.id}:", autoescape=True),
        OutboxRow.key != f"{webhook.id}:test",
        OutboxRow.due_at < webhook.rests_until,
    )
    actor.session.execute(queued.values(due_at=webhook.rests_until))


def _readable(response: bytes) -> str:
    """The beginning of an answer as text; what is no text is not kept."""
    text = response.decode("utf-8", "replace").replace("\x00", "")
    return text[:KEPT_OF_ANSWER]
