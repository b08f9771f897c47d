"""`/api/v1/accounts/{id}/trail`."""

from zoneinfo import ZoneInfo

from flask import Response, request

from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.web.api import listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from search.trail import queries
from search.trail.asked import read
from search.trail.shapes import LineJson, TrailAsked, line_json

api = resource("trail", "The trail")


@api.get("/accounts/<ref:account>/trail")
@described("What happened with an account, newest first", asks=TrailAsked, lists=LineJson)
@guarded(account=May.READ_ACCOUNT)
def show_trail(actor: Actor, account: Account) -> Response:
    """Newest first. Days are meant in UTC."""
    found = queries.events(actor, account, read(request.args, ZoneInfo("UTC"), page=False))

    def show(rows: list[Event]) -> list[LineJson]:
        return [line_json(line, account) for line in queries.categorised(actor, queries.of_events(actor, rows))]

    return listed(actor, found, [Event.at, Event.pk], show, descending=True)
