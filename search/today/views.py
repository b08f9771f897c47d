"""`/today`: what waits for me."""

from datetime import datetime, time, timedelta

from babel.dates import format_date
from flask import Blueprint, render_template

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.words import gettext as _
from portal.kernel.words import language
from portal.web.endpoint import guarded
from portal.web.render import zone
from search.today import queries
from search.today.policy import May

FRIDAY = 4
pages = Blueprint("today", __name__)


@pages.get("/today")
@guarded(May.SEE_TODAY)
def show_today(actor: Actor) -> str:
    today = now().astimezone(zone()).date()
    day = today - timedelta(days=1)
    while day.weekday() > FRIDAY:  # on a Monday, what happened since Friday
        day -= timedelta(days=1)
    return render_template(
        "today/today.html",
        date_words=format_date(today, "EEEE, d MMMM", locale=language()),
        questions=queries.questions(actor),
        given=queries.given(actor),
        joins=queries.joins(actor),
        since_words=_("Since yesterday") if (today - day).days == 1 else _("Since Friday"),
        happened=queries.since(actor, datetime.combine(day, time.min, zone())),
    )
