"""`/api/v1/search`."""

from zoneinfo import ZoneInfo

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.web.api import answer, limit_asked, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from portal.web.unit import house
from search.finding.fields import asked, moment
from search.finding.known import who_knows
from search.finding.policy import May
from search.finding.queries import find
from search.finding.shapes import FoundJson, KnowsAsked, KnowsJson, SearchAsked, found_json, knows_json

api = resource("finding", "Search")
SORTS = ("relevance", "newest")


@api.get("/search")
@described("Search", asks=SearchAsked, gives=FoundJson)
@guarded(May.SEARCH)
def search(actor: Actor) -> Response:
    """Scored by what the caller may see alone. What nobody may see and what does not exist are the same empty answer."""
    told = request.args
    if (sort := told.get("sort", "relevance")) not in SORTS:
        raise Invalid(("sort", _("Choose one of %(expected)s.", expected=", ".join(SORTS))))
    limit, offset = limit_asked(), _offset(told.get("cursor"))
    wanted = asked(
        told.get("q", ""),
        kind=told.get("kind", ""),
        account=told.get("account", ""),
        place=told.get("workspace", ""),
        author=told.get("author", ""),
        category=told.get("category", ""),
        after=_day("from"),
        before=_day("to"),
        sort=sort,
    )
    found = find(actor, house(), wanted, offset=offset, limit=limit)
    return answer(found_json(actor, found, f"p{offset + limit}" if found.more else None))


@api.get("/search/people")
@described("Who answered about something, and can be asked", asks=KnowsAsked, lists=KnowsJson, paged=False)
@guarded(May.SEARCH)
def who_answered(actor: Actor) -> Response:
    """Among what the caller may read; of a community those who agreed to be seen."""
    told = asked(request.args.get("q", ""), place=request.args.get("workspace", ""))
    return answer({"items": [knows_json(one) for one in who_knows(actor, house(), told)], "next": None})


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.startswith("p") and cursor[1:].isdecimal() and len(cursor) < 8):
        raise Invalid(("cursor", _("This cursor is not of this list.")))
    return int(cursor[1:])


def _day(name: str) -> str:
    told = request.args.get(name, "")
    if told and moment(told, ZoneInfo("UTC")) is None:
        raise Invalid((name, _("Write a date such as 2026-11-19.")))
    return told
