"""The letter that says that a webhook was switched off."""

from typing import Any

from sqlalchemy import select

from portal.hooks.models import Webhook
from portal.hooks.policy import May
from portal.hooks.shapes import host_of
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail.letters import absolute, letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.notices import stops
from portal.notices.queries import wants_mail
from portal.people.models import Person


@composes("webhook_off")
def webhook_off(house: Any, system: Actor, *, person: int, thing: str) -> Letter | None:
    """To its owner; None where it is on again, or they want no mail."""
    owner = system.session.scalar(select(Person).where(Person.pk == person, Person.suspended_at.is_(None)))
    if owner is None or not system.session.scalar(select(wants_mail(person, [thing]))):
        return None
    actor = Actor(system.session, owner)
    mine = allowed(actor, May.CHANGE_WEBHOOK).where(Webhook.id == thing.removeprefix("webhook:"), Webhook.off_at.is_not(None))
    webhook = system.session.scalar(mine)
    if webhook is None:
        return None
    stop = f"/unsubscribe/{stops.token(house.settings.secret_key, person, thing)}"
    return letter(
        house,
        "webhook_off",
        to=owner,
        subject=lambda: _("Your webhook “%(name)s” is switched off", name=webhook.name),
        key=f"webhook-off-{webhook.id}-{int(webhook.off_at.timestamp())}",
        headers={"List-Unsubscribe": f"<{absolute(house, stop)}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        webhook=webhook,
        host=host_of(webhook),
    )
