"""The trail of an account, today or as of a day."""

from collections import defaultdict
from datetime import date
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request

from portal.accounts import queries as accounts
from portal.accounts.models import Account
from portal.accounts.policy import May
from portal.accounts.sources import account_path
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.words import dated
from portal.web.endpoint import guarded
from portal.web.render import zone
from portal.web.tables import MOST_ROWS, as_table
from search.categories.labels import Category
from search.promises.queries import stood
from search.trail import queries, speaking, standing
from search.trail.asked import Asked, links, read
from search.trail.queries import Line
from search.trail.scrubber import scrubber

pages = Blueprint("trail", __name__)


@pages.get("/accounts/<ref:account>/trail")
@guarded(account=May.READ_ACCOUNT)
def show_trail(actor: Actor, account: Account) -> str | Response:
    asked = read(request.args, zone(), page=True)
    today = now().astimezone(zone()).date()
    if asked.as_of is not None and asked.as_of >= today:
        asked = read_without_day()
    if request.args.get("format") == "csv":
        return _as_table(actor, account, asked)
    lines, older = queries.lines(actor, account, asked, after=request.args.get("after", ""))
    lines = queries.categorised(actor, lines)
    counts = queries.counts(actor, account, asked)
    path = account_path(account)
    url = links(asked, path)
    narrowed = any(asked.told.get(name) for name in ("q", "who", "from", "to", "category"))
    return render_template(
        "trail/trail.html",
        months=_months(lines),
        counts=counts,
        scrub=scrubber(counts, account.created_at.date(), today, asked.as_of),
        asked=asked,
        url=url,
        older=url(after=older) if older else None,
        newest=url() if request.args.get("after") else None,
        narrowed=narrowed,
        categories=list(Category),
        people=queries.people_on(actor, account) if narrowed or "filter" in request.args else None,
        account=account,
        path=path,
        team=accounts.team(actor, account, asked.until),
        promised=stood(actor, account, asked.until),  # the lines, and how many there are
        contacts=[line for line in accounts.contacts(actor, account, asked.until) if line.roles],
        **_stands(actor, account, asked),
    )


def _as_table(actor: Actor, account: Account, asked: Asked) -> Response:
    """The lines asked for, newest first, each with what leads back to it."""
    found, _older = queries.lines(actor, account, asked, limit=MOST_ROWS)
    rows = (
        [rfc3339(line.event.at), rfc3339(line.event.recorded_at), line.actor.name if line.actor else "", line.sentence,
         line.workspace.title if line.workspace else "", line.source.url if line.source else "", line.event.kind]
        for line in found
    )  # fmt: skip
    return as_table(f"{account.name} trail", ["at", "recorded_at", "who", "what", "workspace", "url", "kind"], rows)


def read_without_day() -> Asked:
    """As of today, or of a day to come, is simply the present."""
    told = request.args.copy()
    told.pop("as_of", None)
    return read(told, zone(), page=True)


def _months(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    here = zone()

    def month(line: Line) -> date:
        return line.event.at.astimezone(here).date().replace(day=1)

    return [(dated(first, "MMMM y"), list(of_month)) for first, of_month in groupby(lines, month)]


def _stands(actor: Actor, account: Account, asked: Asked) -> dict[str, Any]:
    """The right column: the present, or rebuilt for that day."""
    if asked.until is None:
        return {"waiting": standing.waiting(actor, account), "then": None, "members": None}
    then = accounts.standing(actor, account, asked.until)
    return {"waiting": None, "then": then.fields if then else defaultdict(str), "members": standing.members(actor, account, asked.until)}


for words in (speaking.source_words, speaking.gone_words, speaking.long_day):
    pages.add_app_template_filter(words)
