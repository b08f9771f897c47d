"""`/api/v1/accounts/{id}/trail`."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.events import Event
from portal.people.shapes import named
from portal.web.api import listed, resource
from portal.web.endpoint import guarded
from search.trail import queries
from search.trail.asked import read
from search.trail.queries import Line
from search.trail.speaking import gone_words

api = resource("trail")


@api.get("/accounts/<ref:account>/trail")
@guarded(account=May.READ_ACCOUNT)
def show_trail(actor: Actor, account: Account) -> Response:
    """Newest first. Days are meant in UTC."""
    found = queries.events(actor, account, read(request.args, ZoneInfo("UTC"), page=False))

    def show(rows: list[Event]) -> list[dict[str, Any]]:
        return [_shown(line, account) for line in queries.of_events(actor, rows)]

    return listed(actor, found, [Event.at, Event.pk], show, descending=True)


def _shown(line: Line, account: Account) -> dict[str, Any]:
    event = line.event
    return {
        "id": event.id,
        "at": rfc3339(event.at),
        "recorded_at": rfc3339(event.recorded_at),
        "kind": event.kind,
        "actor": named(line.actor) if line.actor else None,
        "account": account.id,
        "workspace": line.workspace.id if line.workspace else None,
        "summary": gone_words(line.gone) if line.gone else line.sentence,
        "excerpt": line.source.excerpt if line.source else "",
        "url": line.source.url if line.source else None,
        "source": {"kind": event.subject_kind, "id": event.subject_id},
        "categories": [],
        "hash": event.hash,
    }
