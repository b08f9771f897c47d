"""The calendar that programs read, and the page on which its address is made."""

import hashlib
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from limits import parse

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound, TooMany
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import own, public
from portal.web.pages import back_to
from portal.web.unit import absolute, house
from workspaces.calendar import actions, addresses, queries
from workspaces.calendar.schemas import FeedForm
from workspaces.calendar.writing import calendar

OFTEN = (parse("30/10minute"), parse("120/hour"))  # by one address; programs ask every hour or so
HERE = "/me/settings/calendar"
pages = Blueprint("calendar", __name__)


@pages.get("/calendar/<token>.ics")
@public("the address is a secret that its person made; it shows what that person may see at this moment")
def show_calendar(actor: Actor, token: str) -> Response:
    _refuse_often(token)
    id = addresses.feed_of(house().settings.secret_key, token)
    feed = queries.whose(actor.session, id) if id else None
    if feed is None:
        raise NotFound
    with words.speaking(feed.person.language or None):
        made = calendar(Actor(actor.session, feed.person), feed, request.host.partition(":")[0], absolute)
    answer = Response(made, content_type="text/calendar; charset=utf-8")
    answer.set_etag(hashlib.sha256(made).hexdigest()[:32])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Disposition"] = 'inline; filename="plan.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.make_conditional(request)
    return answer


@pages.get(HERE)
@own("one's own calendar address")
def show_address(actor: Actor) -> str:
    feed = queries.feed_of(actor)
    address = absolute(addresses.path(house().settings.secret_key, feed.id)) if feed else ""
    return render_template("calendar/address.html", feed=feed, address=address)


@pages.post(HERE)
@own("one's own calendar address")
def change_address(actor: Actor) -> Any:
    """Made, made anew, changed in what it holds, or withdrawn."""
    feed, act = queries.feed_of(actor), request.form.get("act")
    if act == "withdraw":
        actions.withdraw_feed(actor)
        return back_to(HERE, _("Withdrawn. Calendars that read it find nothing any more."))
    whole = read_form(FeedForm, request.form).holds == "all"
    if feed is None or act == "renew":
        actions.make_feed(actor, whole=whole)
        return back_to(HERE, _("This is your new address. The one before has stopped working.") if feed else _("This is your address."))
    actions.change_feed(actor, feed, whole=whole)
    return back_to(HERE, _("Saved."))


def _refuse_often(token: str) -> None:
    """Counted by the address that is asked, and by who asks: what is no address of ours counts too."""
    if not current_app.config.get("THROTTLE", True):
        return
    counts = current_app.extensions["throttle"]
    for limit in OFTEN:
        for key in (f"calendar {hashlib.sha256(token.encode()).hexdigest()}", f"calendar from {request.remote_addr}"):
            if key.startswith("calendar from") and addresses.feed_of(house().settings.secret_key, token):
                continue  # many people's programs may sit behind one address
            if seconds := counts.wait(limit, "calendar", key):
                raise TooMany(_("That was often. Try again in %(n)s seconds.", n=seconds), seconds)
