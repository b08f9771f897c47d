"""Who may do what with webhooks, and who may know that something happened."""

from sqlalchemy import and_, or_, select, true

from portal.hooks.models import Delivery, Webhook
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, branch, held
from portal.kernel.events import Event
from portal.kernel.policy import Condition, Verbs, rule
from portal.people.models import Person


class May(Verbs):
    """Verbs of webhooks and of the change feed."""

    READ_CHANGE = "Know that something happened: whoever is meant by it at this moment"
    MAKE_WEBHOOK = "Make a webhook for oneself: staff"
    SEE_WEBHOOKS = "See everybody's webhooks, as owner, host and state: admins"
    KNOW_WEBHOOK = "Know of a webhook: its owner, and admins, who see no more of it than owner, host and state"
    CHANGE_WEBHOOK = "See, change, test and remove a webhook, and see what it sent: its owner"
    SWITCH_OFF_WEBHOOK = "Switch a webhook off: its owner, and admins"
    SWITCH_ON_WEBHOOK = "Switch a webhook on again: its owner, unless an admin switched it off; then admins"
    READ_DELIVERY = "See what became of a delivery, and have it sent again: the webhook's owner"


@branch("own")
def _own():  # type: ignore[no-untyped-def]
    """What a person has of their own and admins look after: that person, and the admins."""
    return (
        select(Audience.pk, Person.pk)
        .join(Person, or_(Person.pk == Audience.subject_pk, Person.is_admin.is_(True)))
        .where(Audience.kind == "own", Person.suspended_at.is_(None))
    )


@rule(May.READ_CHANGE, Event, reads=True)
def read_change(actor: Actor) -> Condition:
    return held(actor, Event.audience_pk)


@rule(May.MAKE_WEBHOOK, refusal="Only staff can have webhooks.")
def make_webhook(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.SEE_WEBHOOKS, refusal="Only an admin can see this.")
def see_webhooks(actor: Actor) -> bool:
    return actor.is_admin


@rule(May.KNOW_WEBHOOK, Webhook, reads=True)
def know_webhook(actor: Actor) -> Condition:
    return true() if actor.is_admin else change_webhook(actor)


@rule(May.CHANGE_WEBHOOK, Webhook, refusal="Only its owner can do this.")
def change_webhook(actor: Actor) -> Condition:
    return Webhook.person_pk == actor.pk


@rule(May.SWITCH_OFF_WEBHOOK, Webhook)
def switch_off_webhook(actor: Actor) -> Condition:
    return know_webhook(actor)


@rule(May.SWITCH_ON_WEBHOOK, Webhook, refusal="An admin switched it off, and only an admin can switch it on again.")
def switch_on_webhook(actor: Actor) -> Condition:
    by_admin = Webhook.off_why == "admin"
    mine = and_(Webhook.person_pk == actor.pk, ~by_admin)
    return or_(mine, by_admin) if actor.is_admin else mine


@rule(May.READ_DELIVERY, Delivery, reads=True)
def read_delivery(actor: Actor) -> Condition:
    return Delivery.webhook_pk.in_(select(Webhook.pk).where(change_webhook(actor)))
