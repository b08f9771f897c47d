"""One's own calendar address over HTTP."""

from flask import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.web.api import answer, body, resource
from portal.web.described import described
from portal.web.endpoint import own
from portal.web.unit import absolute, house
from workspaces.calendar import actions, addresses, queries
from workspaces.calendar.models import CalendarFeed
from workspaces.calendar.schemas import FeedChange
from workspaces.calendar.shapes import FeedJson, feed_json

api = resource("calendar", "Plan")


@api.get("/calendar-feed")
@described("The caller's calendar address", gives=FeedJson, also=(404,))
@own("one's own calendar address")
def show_feed(actor: Actor) -> Response:
    feed = queries.feed_of(actor)
    if feed is None:
        raise NotFound
    return answer(_shown(feed))


@api.put("/calendar-feed")
@described("Make an address, another one, or change what it holds", takes=FeedChange, gives=FeedJson, also=(404,))
@own("one's own calendar address")
def put_feed(actor: Actor) -> Response:
    told, feed = body(FeedChange), queries.feed_of(actor)
    whole = told.holds == "all"
    if feed is None or told.renew:
        feed = actions.make_feed(actor, whole=whole)
    else:
        actions.change_feed(actor, feed, whole=whole)
    return answer(_shown(feed))


@api.delete("/calendar-feed")
@described("Withdraw the address", also=(404,))
@own("one's own calendar address")
def withdraw_feed(actor: Actor) -> Response:
    actions.withdraw_feed(actor)
    return Response(status=204)


def _shown(feed: CalendarFeed) -> FeedJson:
    return feed_json(feed, absolute(addresses.path(house().settings.secret_key, feed.id)))
