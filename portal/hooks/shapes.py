"""Events, webhooks and deliveries as JSON. A line of the change feed and what a webhook sends are the same."""

import json
from typing import Annotated
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from portal.hooks import queries
from portal.hooks.models import TEST, Delivery, Webhook
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.events import Event
from portal.kernel.ids import is_id
from portal.kernel.shapes import Moment, means
from portal.kernel.sources import Citation, cite, cite_by_pk
from portal.notices.shapes import SourceJson
from portal.people.shapes import NamedJson, named


class CalledJson(TypedDict):
    """An account or workspace by its name."""

    id: str
    name: str


class ChangeJson(TypedDict):
    """Something that happened, as the reader may know it now: a line of the change feed, and what a webhook sends."""

    id: str
    kind: str
    at: Moment
    recorded_at: Moment
    actor: NamedJson | None
    account: Annotated[CalledJson | None, means("Null for clients.")]
    workspace: CalledJson | None
    source: Annotated[SourceJson | None, means("The thing itself; null in a test.")]
    about: Annotated[dict[str, str], means("Ids of the `person`, `group` or `invitation` that it is about as well.")]
    title: Annotated[str | None, means("Null, as `url` and `text` are, where the thing was removed or may not be read.")]
    url: str | None
    text: Annotated[str | None, means("The words of a message or note as they stand now; files have none.")]
    team: Annotated[bool, means("Whether no client is meant by it.")]


class KnownWebhookJson(TypedDict):
    """What admins know of a webhook that is not theirs."""

    id: str
    owner: NamedJson
    host: str
    enabled: bool
    disabled_at: Moment | None
    disabled_why: Annotated[str | None, means("`owner`, `admin`, `gone`, `failing` or `restored`.")]
    failing_since: Moment | None
    created_at: Moment


class WebhookJson(KnownWebhookJson):
    """A webhook, for its owner."""

    name: str
    url: str
    kinds: Annotated[list[str], means("Kinds of event, or their first halves; none: all.")]
    account: str | None
    workspace: str | None
    team: bool
    old_secret_until: Moment | None


class WebhookWithSecretJson(WebhookJson):
    """A webhook with its secret, which is told only now."""

    secret: str


class DeliveryJson(TypedDict):
    """What became of an event for a webhook, or of a test."""

    id: str
    event: Annotated[str | None, means("Null for a test.")]
    kind: str
    at: Moment
    state: Annotated[str, means("`waiting`, `delivered`, `withheld` or `dead`.")]
    why: Annotated[str | None, means("Why it is withheld: `rights`, `owner`, `choice` or `off`.")]
    attempts: int
    attempted_at: Moment | None
    milliseconds: int | None
    status: Annotated[int | None, means("Of the answer.")]
    response: Annotated[str, means("The beginning of the answer.")]
    error: str | None


class QueuedJson(TypedDict):
    """How many deliveries are sent again."""

    queued: int


POINTING = ("person", "group", "invitation")  # facts of events that are ids of whom or what it is about, beside its subject


def lines(actor: Actor, events: list[Event]) -> list[ChangeJson]:
    """What happened, as this person may know it now: ids always, names and words only of what they may read at this moment."""
    cited = cite(actor, {(event.subject_kind, event.subject_id) for event in events})
    accounts = cite_by_pk(actor, "account", {event.account_pk for event in events if event.account_pk})
    workspaces = cite_by_pk(actor, "workspace", {event.workspace_pk for event in events if event.workspace_pk})
    people, team = queries.actors_of(actor, events), queries.team_only(actor, events)
    shown: list[ChangeJson] = []
    for event in events:
        about = cited.get((event.subject_kind, event.subject_id))
        by = people.get(event.actor_pk or 0)
        shown.append(
            {
                "id": event.id,
                "kind": event.kind,
                "at": rfc3339(event.at),
                "recorded_at": rfc3339(event.recorded_at),
                "actor": named(by) if by else None,
                "account": _called(accounts.get(event.account_pk or 0)),
                "workspace": _called(workspaces.get(event.workspace_pk or 0)),
                "source": {"kind": event.subject_kind, "id": event.subject_id},
                "about": {name: event.facts[name] for name in POINTING if is_id(event.facts.get(name))},
                "title": about.title if about else None,
                "url": about.url if about else None,
                "text": about.text or None if about else None,
                "team": event.audience_pk in team,
            }
        )
    return shown


def test_line(delivery: Delivery) -> ChangeJson:
    """What a test sends: the shape of any other, and nothing in it."""
    moment = rfc3339(delivery.created_at)
    return {
        "id": delivery.id,
        "kind": TEST,
        "at": moment,
        "recorded_at": moment,
        "actor": None,
        "account": None,
        "workspace": None,
        "source": None,
        "about": {},
        "title": None,
        "url": None,
        "text": None,
        "team": False,
    }


def message(line: ChangeJson) -> bytes:
    return json.dumps(line, ensure_ascii=False).encode()


def webhooks_json(actor: Actor, webhooks: list[Webhook]) -> list[WebhookJson | KnownWebhookJson]:
    """Webhooks with all that their owner set; of others' only owner, host and state."""
    mine = [webhook for webhook in webhooks if webhook.person_pk == actor.pk]
    accounts = cite_by_pk(actor, "account", {webhook.account_pk for webhook in mine if webhook.account_pk})
    workspaces = cite_by_pk(actor, "workspace", {webhook.workspace_pk for webhook in mine if webhook.workspace_pk})
    shown: list[WebhookJson | KnownWebhookJson] = []
    for webhook in webhooks:
        known: KnownWebhookJson = {
            "id": webhook.id,
            "owner": named(webhook.person),
            "host": host_of(webhook),
            "enabled": webhook.off_at is None,
            "disabled_at": rfc3339(webhook.off_at) if webhook.off_at else None,
            "disabled_why": webhook.off_why or None,
            "failing_since": rfc3339(webhook.failing_since) if webhook.failing_since else None,
            "created_at": rfc3339(webhook.created_at),
        }
        if webhook.person_pk == actor.pk:
            account, workspace = accounts.get(webhook.account_pk or 0), workspaces.get(webhook.workspace_pk or 0)
            own: WebhookJson = {
                **known,
                "name": webhook.name,
                "url": webhook.url,
                "kinds": webhook.kinds,
                "account": account.id if account else None,
                "workspace": workspace.id if workspace else None,
                "team": webhook.team,
                "old_secret_until": rfc3339(webhook.old_until) if webhook.old_until else None,
            }
            shown.append(own)
        else:
            shown.append(known)
    return shown


def deliveries_json(deliveries: list[Delivery]) -> list[DeliveryJson]:
    return [
        {
            "id": delivery.id,
            "event": delivery.event.id if delivery.event else None,
            "kind": delivery.kind,
            "at": rfc3339(delivery.created_at),
            "state": delivery.state,
            "why": delivery.why or None,
            "attempts": delivery.tries,
            "attempted_at": rfc3339(delivery.tried_at) if delivery.tried_at else None,
            "milliseconds": delivery.took,
            "status": delivery.code,
            "response": delivery.response,
            "error": delivery.error or None,
        }
        for delivery in deliveries
    ]


def host_of(webhook: Webhook) -> str:
    """Where it leads, without what may be a secret of the address."""
    return urlsplit(webhook.url).hostname or ""


def _called(of: Citation | None) -> CalledJson | None:
    return {"id": of.id, "name": of.title} if of else None
