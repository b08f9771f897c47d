"""`/api/v1/search`."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _
from portal.people.shapes import named
from portal.web.api import answer, limit_asked, resource
from portal.web.endpoint import guarded
from portal.web.unit import house
from search.finding.fields import asked, moment
from search.finding.policy import May
from search.finding.queries import Line, find

api = resource("finding")
SORTS = ("relevance", "newest")


@api.get("/search")
@guarded(May.SEARCH)
def search(actor: Actor) -> Response:
    """Hits among what the caller may read; `from` and `to` are ISO dates."""
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
    return answer(
        {
            "total": found.total,
            "total_is_exact": found.complete,
            "items": [_shown(line, actor) for line in found.lines],
            "facets": {
                name: [{"value": value, "name": words, "count": n} for value, words, n in counts] for name, counts in found.facets.items()
            },
            "suggestion": found.suggestion,
            "next": f"p{offset + limit}" if found.more else None,
        }
    )


def _shown(line: Line, actor: Actor) -> dict[str, Any]:
    shown = {
        "kind": line.kind,
        "id": line.id,
        "title": line.title,
        "snippet": str(line.snippet),
        "url": line.url,
        "account": line.account.id if line.account else None,
        "workspace": line.workspace.id if line.workspace else None,
        "author": named(line.author) if line.author else None,
        "at": rfc3339(line.at),
    }
    return shown | ({"categories": list(line.categories)} if actor.is_staff else {})


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
