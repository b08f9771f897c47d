"""`/today`: what waits for me, and putting it off."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from portal.people.queries import today_of
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from portal.web.render import zone
from search.handover import queries as handovers
from search.promises.policy import May as Promises
from search.promises.queries import rights as promise_rights
from search.promises.wording import said
from search.today import actions, queries
from search.today.policy import May
from search.today.schemas import PuttingOff

FRIDAY = 4
pages = Blueprint("today", __name__)


@pages.get("/today")
@guarded(May.SEE_TODAY)
def show_today(actor: Actor) -> str:
    today = now().astimezone(zone()).date()
    day = today - timedelta(days=1)
    while day.weekday() > FRIDAY:  # on a Monday, what happened since Friday
        day -= timedelta(days=1)
    waits, away = queries.waiting(actor)
    promised, all_promised = queries.promised(actor)
    given = queries.given(actor)
    received = handovers.received(actor) if given else []
    moved = {item.account_pk for handover in received for item in handover.items}
    grouped = request.args.get("by") == "account"
    return render_template(
        "today/today.html",
        date_words=dated(today, "EEEE, d MMMM"),
        waits=waits,
        away=away,
        groups=queries.by_account(actor, waits) if grouped else None,
        days=_days(today_of(actor)),
        promises=promised,
        all_promised=all_promised,
        said={promise.pk: said(actor, promise, today_of(actor)) for promise in promised},
        settles=promise_rights(actor, promised, Promises.SETTLE_PROMISE),
        given=[each for each in given if each.account.pk not in moved],
        handovers=received,
        deciding=handovers.waiting(actor) if actor.is_admin or actor.person.is_manager else [],
        joins=queries.joins(actor),
        since_words=_("Since yesterday") if (today - day).days == 1 else _("Since Friday"),
        happened=queries.since(actor, datetime.combine(day, time.min, zone())),
    )


@pages.post("/today/later")
@guarded(May.SEE_TODAY)
def put_off(actor: Actor) -> Any:
    """One thing until a day, or back at once; back to the same arrangement of the page."""
    here = "/today?by=account" if request.args.get("by") == "account" else "/today"
    try:
        told = read_form(PuttingOff, request.form)
        until = told.until or told.day
        title = actions.put_off(actor, kind=told.kind, thing=told.thing, until=until)
    except Invalid as wrong:
        return back_to(here, wrong.errors[0][1], bad=True)
    if until is None:
        return back_to(here, _("“%(title)s” waits here again.", title=title))
    words = _("“%(title)s” comes back on %(day)s.", title=title, day=dated(until, "EEEE, d MMMM"))
    return back_to(here, words, undo="/today/later", fields={"kind": told.kind, "thing": told.thing})


def _days(today: date) -> list[tuple[str, str]]:
    """Days to put something off until: (date, words)."""
    monday = today + timedelta(days=7 - today.weekday())
    words = {today + timedelta(days=1): _("Until tomorrow"), monday: _("Until Monday")}
    words.setdefault(today + timedelta(days=7), _("For a week"))
    return [(day.isoformat(), say) for day, say in sorted(words.items())]
