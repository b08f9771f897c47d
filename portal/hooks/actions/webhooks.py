"""Webhooks are made, changed, switched off and on, given new secrets, removed."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.hooks.events import CHANGED, MADE, REMOVED, ROTATED, SWITCHED_OFF, SWITCHED_ON
from portal.hooks.models import WAITING, WITHHELD, Delivery, Webhook
from portal.hooks.policy import May
from portal.hooks.queries import matching
from portal.hooks.signing import new_nonce
from portal.kernel import outbound
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import Event, EventKind, record
from portal.kernel.outbox import OutboxRow
from portal.kernel.settings import Settings
from portal.kernel.sources import pk_of
from portal.kernel.words import gettext as _
from portal.notices.actions import tell

TOPIC = "hooks"  # of the outbox; keys are the webhook's id, a colon, the account's number
MOST = 20  # webhooks of one person
OVERLAP = timedelta(hours=24)  # that the secret before signs too


@action(May.MAKE_WEBHOOK)
def make_webhook(
    actor: Actor,
    *,
    settings: Settings,
    url: str,
    name: str = "",
    kinds: list[str] | None = None,
    account: str | None = None,
    workspace: str | None = None,
    team: bool = False,
) -> Webhook:
    """A webhook of one's own. Raises Invalid for an address that may not be called, unknown kinds, or things not theirs to see."""
    count = select(func.count(Webhook.pk)).where(Webhook.person_pk == actor.pk)
    if (actor.session.scalar(count) or 0) >= MOST:
        raise Invalid(("", _("That are as many webhooks as one person can have: %(n)s. Remove one first.", n=MOST)))
    told = {"url": url, "name": name, "kinds": kinds or [], "account": account, "workspace": workspace, "team": team}
    webhook = Webhook(person_pk=actor.pk, nonce=new_nonce(), **_checked(actor, settings, told))
    webhook.name = webhook.name or _host(webhook)[:80]
    actor.session.add(webhook)
    actor.session.flush()
    _note(actor, MADE, webhook, host=_host(webhook))
    return webhook


@action(May.CHANGE_WEBHOOK)
def change_webhook(actor: Actor, webhook: Webhook, *, settings: Settings, **fields: Any) -> Webhook:
    """Change some of its fields, those of `make_webhook`. Raises Invalid like that."""
    wanted = _checked(actor, settings, fields)
    changed = [name for name, value in wanted.items() if getattr(webhook, name) != value]
    for name in changed:
        setattr(webhook, name, wanted[name])
    webhook.name = webhook.name or _host(webhook)[:80]
    if "url" in changed:
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
    if changed:
        _note(actor, CHANGED, webhook, host=_host(webhook), fields=[name.removesuffix("_pk") for name in changed])
    return webhook


@action(May.CHANGE_WEBHOOK)
def rotate_secret(actor: Actor, webhook: Webhook) -> Webhook:
    """A new secret; the one before signs too for a day, so that the target can be told in peace."""
    webhook.old_nonce, webhook.old_until = webhook.nonce, now() + OVERLAP
    webhook.nonce = new_nonce()
    _note(actor, ROTATED, webhook)
    return webhook


@action(May.SWITCH_OFF_WEBHOOK)
def switch_off(actor: Actor, webhook: Webhook, *, why: str = "") -> Webhook:
    """Nothing is sent any more, also not what waits. `why` is of models.OFF; the owner is told unless it was they who did it."""
    if webhook.off_at is not None:
        return webhook
    webhook.off_at, webhook.off_why = now(), why or ("owner" if webhook.person_pk == actor.pk else "admin")
    waiting = update(Delivery).where(Delivery.webhook_pk == webhook.pk, Delivery.state == WAITING)
    actor.session.execute(waiting.values(state=WITHHELD, why="off"))
    actor.session.execute(_queued(webhook))
    event = _note(actor, SWITCHED_OFF, webhook, host=_host(webhook), why=webhook.off_why)
    if webhook.off_why != "owner":
        tell(actor.session, event, {webhook.person_pk: "own"}, thing=f"webhook:{webhook.id}", mail="webhook_off")
    return webhook


@action(May.SWITCH_ON_WEBHOOK)
def switch_on(actor: Actor, webhook: Webhook) -> Webhook:
    """From now on events are sent again; those of the time between are in the change feed."""
    if webhook.off_at is not None:
        webhook.off_at, webhook.off_why = None, ""
        webhook.failures, webhook.failing_since, webhook.rests_until = 0, None, None
        _note(actor, SWITCHED_ON, webhook)
    return webhook


@action(May.CHANGE_WEBHOOK)
def remove_webhook(actor: Actor, webhook: Webhook) -> None:
    """It is gone with its deliveries; that there was one stays in the events."""
    _note(actor, REMOVED, webhook, host=_host(webhook))
    actor.session.execute(_queued(webhook))
    actor.session.execute(delete(Delivery).where(Delivery.webhook_pk == webhook.pk))
    actor.session.delete(webhook)


def _checked(actor: Actor, settings: Settings, told: dict[str, Any]) -> dict[str, Any]:
    """The fields as columns have them. Raises Invalid."""
    wrong: list[tuple[str, str]] = []
    wanted: dict[str, Any] = {name: told[name] for name in ("name", "team") if name in told}
    if "url" in told:
        try:
            outbound.address_of(settings, told["url"])
        except outbound.Refused as refused:
            wrong.append(("url", str(refused)))
        wanted["url"] = told["url"]
    if "kinds" in told:
        wanted["kinds"] = sorted(set(told["kinds"]))
        if unknown := [each for each in wanted["kinds"] if not matching([each])]:
            wrong.append(("kinds", _("There is no kind of event “%(kind)s”.", kind=", ".join(unknown))))
    for kind, words in (("account", _("Choose an account that you look after.")), ("workspace", _("Choose a workspace of yours."))):
        if kind in told:
            wanted[f"{kind}_pk"] = pk_of(actor, kind, told[kind]) if told[kind] else None
            if told[kind] and wanted[f"{kind}_pk"] is None:
                wrong.append((kind, words))
    if wrong:
        raise Invalid(*wrong)
    return wanted


def _queued(webhook: Webhook) -> Any:
    return delete(OutboxRow).where(OutboxRow.topic == TOPIC, OutboxRow.key.startswith(f"{webhook.id}:", autoescape=True))


def _host(webhook: Webhook) -> str:
    return urlsplit(webhook.url).hostname or ""


def _note(actor: Actor, of: EventKind, webhook: Webhook, **facts: Any) -> Event:
    """For its owner's eyes and the admins'."""
    audience = _audience(actor.session, webhook.person_pk)
    return record(actor, of, webhook, audience_pk=audience.pk, facts={"name": webhook.name} | facts)


def _audience(session: Session, person_pk: int) -> Audience:
    found = session.scalar(select(Audience).where(Audience.kind == "own", Audience.subject_pk == person_pk))
    if found is None:
        found = Audience(kind="own", subject_pk=person_pk)
        session.add(found)
        session.flush()
    return found
