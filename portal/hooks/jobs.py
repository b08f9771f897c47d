"""Sending: which events are for which webhooks, and what is sent, decided when it is sent."""

import time
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from portal.hooks import actions, signing
from portal.hooks.actions.deliveries import key_of
from portal.hooks.actions.webhooks import TOPIC
from portal.hooks.models import WAITING, Delivery, Webhook
from portal.hooks.policy import May
from portal.hooks.queries import matching, team_only
from portal.hooks.shapes import lines, message, test_line
from portal.kernel import outbound, outbox
from portal.kernel.actor import Actor, the_system
from portal.kernel.audiences import people_in
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.ids import new_id
from portal.kernel.outbox import Consumer, OutboxRow, Task, consumer
from portal.kernel.periodic import every
from portal.kernel.policy import may
from portal.kernel.words import speaking
from portal.people.models import Person
from portal.people.queries import language_of

log = structlog.get_logger(__name__)
LANES = 16  # targets called at the same time
REMEMBERED = timedelta(days=30)


def tasks(session: Session, event: Event) -> list[Task]:
    """A delivery for each webhook that asks for this event and whose owner is meant by it; of others its owner never hears."""
    asking = select(Webhook).join(Webhook.person).where(Webhook.off_at.is_(None), Person.suspended_at.is_(None))
    wanting = [webhook for webhook in session.scalars(asking) if _wants(session, webhook, event)]
    if not wanting:
        return []
    meant = people_in(session, event.audience_pk)
    made = []
    for webhook in wanting:
        if webhook.person_pk in meant:
            delivery = Delivery(id=new_id(), webhook_pk=webhook.pk, event_pk=event.pk, kind=event.kind)
            session.add(delivery)
            made.append(Task(key_of(webhook, event.account_pk), {"delivery": delivery.id}))
    return made


def _wants(session: Session, webhook: Webhook, event: Event) -> bool:
    """Whether the webhook asks for events like this one."""
    return (
        event.kind in matching(webhook.kinds)
        and webhook.account_pk in (None, event.account_pk)
        and webhook.workspace_pk in (None, event.workspace_pk)
        and (webhook.team or not team_only(the_system(session), [event]))
    )


def deliver(house: House, rows: list[OutboxRow]) -> None:
    """The worker's handler: what is sent is made in one short transaction, and sent outside of any."""
    for row in rows:
        with house.db.reading() as session:
            delivery = _waiting(session, row)
            refusal = _refusal(session, delivery) if delivery is not None else ""
            rest = delivery.webhook.rests_until if delivery is not None and not row.payload.get("asked") else None
            resting = rest if rest is not None and rest > now() else None
            sent = _message(house, session, delivery) if delivery is not None and not (refusal or resting) else None
        if sent is not None:
            _note(house, row, **_tried(house, *sent))
            continue
        with house.db.writing() as session:
            if delivery is None:
                outbox.done(session, [row])
            elif refusal:
                actions.withhold(the_system(session), session.get_one(Delivery, delivery.pk), row, why=refusal)
            elif resting is not None:
                actions.postpone(the_system(session), row, until=resting)


def _waiting(session: Session, row: OutboxRow) -> Delivery | None:
    found = select(Delivery).where(Delivery.id == row.payload["delivery"], Delivery.state == WAITING)
    return session.scalar(found.options(joinedload(Delivery.webhook).joinedload(Webhook.person), joinedload(Delivery.event)))


def _refusal(session: Session, delivery: Delivery) -> str:
    """Why this may not be sent at this moment, of models.WHY; '' where it may."""
    webhook, event = delivery.webhook, delivery.event
    if webhook.person.suspended_at is not None:
        return "owner"
    if event is None:
        return ""
    if webhook.off_at is not None:
        return "off"
    if not may(Actor(session, webhook.person), May.READ_CHANGE, event):
        return "rights"
    return "" if _wants(session, webhook, event) else "choice"


def _message(house: House, session: Session, delivery: Delivery) -> tuple[str, bytes, dict[str, str]]:
    """(url, body, headers), with what its owner may read at this moment. A repeat has the same id."""
    webhook = delivery.webhook
    with speaking(language_of(Actor(session, webhook.person))):
        line = lines(Actor(session, webhook.person), [delivery.event])[0] if delivery.event is not None else test_line(delivery)
    body = message(line)
    headers = signing.signed(house.settings.secret_key, webhook, id=line["id"], at=now(), body=body)
    return webhook.url, body, headers | {"content-type": "application/json", "user-agent": "Mainstay"}


def _tried(house: House, url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """What `note_answer` is told of a try."""
    began = time.monotonic()
    told: dict[str, Any]
    try:
        answer = outbound.post(house.settings, url, body, headers)
        told = {"code": answer.status, "response": answer.body}
    except (outbound.Refused, outbound.Failed) as problem:
        told = {"code": None, "error": str(problem)}
    return told | {"took": round((time.monotonic() - began) * 1000)}


def _note(house: House, row: OutboxRow, **tried: Any) -> None:
    with house.db.writing() as session:
        delivery = _waiting(session, row)
        if delivery is None:  # removed, or switched off, while it was on its way
            outbox.done(session, [row])
            return
        actions.note_answer(the_system(session), delivery, row, **tried)
        log.info("webhook.tried", webhook=delivery.webhook.id, kind=delivery.kind, status=tried["code"], state=delivery.state)


consumer(Consumer(TOPIC, "Events to be sent to webhooks", tasks, deliver, keeps=True, lanes=LANES))


@every("23 4 * * *", "hooks.forget", "Forget deliveries to webhooks of a month ago")
def forget_old(house: House) -> None:
    with house.db.writing() as session:
        session.execute(delete(Delivery).where(Delivery.created_at < now() - REMEMBERED, Delivery.state != WAITING))
