"""What is asked about webhooks and their deliveries, and the change feed: events as far as the actor may know of them now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, select
from sqlalchemy.orm import joinedload

from portal.hooks.models import STATES, Delivery, Webhook
from portal.hooks.policy import May
from portal.kernel import horizon
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, of_team
from portal.kernel.errors import Invalid
from portal.kernel.events import KINDS, Event
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.sources import SOURCES, Citation, cite, cite_by_pk, pk_of
from portal.kernel.words import gettext as _
from portal.people.models import Person

CHOICES = 200  # accounts or workspaces in a form
SHOWN = 50  # deliveries on a page


@dataclass(frozen=True)
class Asked:
    """What of the change feed is asked for; empty: all of it, from the first event on."""

    after: str = ""  # the id of a line; the feed goes on behind it
    kinds: tuple[str, ...] = ()  # names of kinds, or their first halves
    account: str = ""
    workspace: str = ""


def changes(actor: Actor, asked: Asked, limit: int) -> tuple[list[Event], str | None]:
    """The next events the actor may know of, oldest first, and the cursor behind them where there are more at this moment.

    The cursor is the id of a line, and good for ever: where it stands in the order of all events is asked of the event itself, which
    whoever had the line knew of once, also where they may not any more.
    """
    settled = horizon.settled(actor.session)
    found = allowed(actor, May.READ_CHANGE).where(Event.kind.in_(matching(asked.kinds))).order_by(Event.pk)
    if settled is not None:
        found = found.where(Event.pk <= settled)
    if asked.after:
        found = found.where(Event.pk > _behind(actor, asked.after))
    for kind, id, column in (("account", asked.account, Event.account_pk), ("workspace", asked.workspace, Event.workspace_pk)):
        if id:
            pk = pk_of(actor, kind, id)
            found = found.where(column == pk if pk is not None else false())
    rows = list(actor.session.scalars(found.limit(limit + 1)))
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def _behind(actor: Actor, cursor: str) -> int:
    known: int | None = actor.session.scalar(select(Event.pk).where(Event.id == cursor)) if is_id(cursor) else None
    if known is None:
        raise Invalid(("after", _("This is not the id of a line of this feed.")))
    return known


def matching(wanted: Iterable[str]) -> list[str]:
    """The kinds of these names or first halves; without any, all."""
    wanted = set(wanted)
    return [name for name in KINDS if not wanted or name in wanted or name.partition(".")[0] in wanted]


def actors_of(actor: Actor, events: list[Event]) -> dict[int, Person]:
    """Who did it, by pk."""
    pks = {event.actor_pk for event in events if event.actor_pk}
    return {person.pk: person for person in actor.session.scalars(select(Person).where(Person.pk.in_(pks)))}


def team_only(actor: Actor, events: list[Event]) -> frozenset[int]:
    """Of the audiences of these events those that no client is meant by."""
    pks = {event.audience_pk for event in events}
    return frozenset(actor.session.scalars(select(Audience.pk).where(Audience.pk.in_(pks), of_team())))


def own_webhooks(actor: Actor) -> Select[Any]:
    return allowed(actor, May.CHANGE_WEBHOOK).options(joinedload(Webhook.person))


def all_webhooks(actor: Actor) -> Select[Any]:
    """Everybody's, for admins."""
    return allowed(actor, May.KNOW_WEBHOOK).options(joinedload(Webhook.person))


def deliveries(actor: Actor, webhook: Webhook, state: str = "") -> Select[Any]:
    found = allowed(actor, May.READ_DELIVERY).where(Delivery.webhook_pk == webhook.pk).options(joinedload(Delivery.event))
    return found.where(Delivery.state == state) if state else found


def newest_deliveries(actor: Actor, webhook: Webhook, state: str = "") -> list[Delivery]:
    found = deliveries(actor, webhook, state).order_by(Delivery.created_at.desc(), Delivery.pk.desc())
    return list(actor.session.scalars(found.limit(SHOWN)))


def titles_of(actor: Actor, shown: list[Delivery]) -> dict[str, Citation]:
    """What deliveries were about, by their ids, as far as it may be read now."""
    about = {each.id: (each.event.subject_kind, each.event.subject_id) for each in shown if each.event is not None}
    cited = cite(actor, about.values())
    return {id: cited[key] for id, key in about.items() if key in cited}


def standing(actor: Actor, webhooks: list[Webhook]) -> dict[int, dict[str, int]]:
    """How many deliveries of each webhook are in which state."""
    pks = [webhook.pk for webhook in webhooks]
    rows = actor.session.execute(
        select(Delivery.webhook_pk, Delivery.state, func.count())
        .where(Delivery.webhook_pk.in_(pks))
        .group_by(Delivery.webhook_pk, Delivery.state)
    )
    told: dict[int, dict[str, int]] = {pk: dict.fromkeys(STATES, 0) for pk in pks}
    for pk, state, count in rows:
        told[pk][state] = count
    return told


def choices(actor: Actor, kind: str) -> list[Citation]:
    """Accounts or workspaces that a webhook may be limited to, by name."""
    of = SOURCES[kind]
    ids = actor.session.scalars(allowed(actor, of.verb).with_only_columns(of.model.id).limit(CHOICES))
    return sorted(cite(actor, ((kind, id) for id in ids)).values(), key=lambda each: each.title.casefold())


def limits_of(actor: Actor, webhook: Webhook) -> dict[str, str]:
    """The ids of the account and workspace that a webhook is limited to, as far as they may be read."""
    accounts = cite_by_pk(actor, "account", {webhook.account_pk} if webhook.account_pk else set())
    workspaces = cite_by_pk(actor, "workspace", {webhook.workspace_pk} if webhook.workspace_pk else set())
    return {"account": "".join(each.id for each in accounts.values()), "workspace": "".join(each.id for each in workspaces.values())}
