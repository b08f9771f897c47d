"""The search page, and completions for the search field."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from portal.web.endpoint import guarded
from portal.web.pages import page_asked, wants_fragment
from portal.web.render import zone
from portal.web.unit import house
from search.finding.fields import asked
from search.finding.palette import jumps
from search.finding.policy import May
from search.finding.queries import DEEPEST, PAGE, Found, complete, find
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

pages = Blueprint("finding", __name__)
LAST_PAGE = DEEPEST // PAGE
FILTERS = ("in", "kind", "from", "account", "category", "before", "after", "sort")


@pages.get("/search")
@guarded(May.SEARCH)
def search_page(actor: Actor) -> str:
    """Words, filters and a page number, all in the URL."""
    told = asked(
        request.args.get("q", ""),
        place=request.args.get("in", ""),
        kind=request.args.get("kind", ""),
        author=request.args.get("from", ""),
        account=request.args.get("account", ""),
        category=request.args.get("category", ""),
        before=request.args.get("before", ""),
        after=request.args.get("after", ""),
        sort=request.args.get("sort", "relevance"),
    )
    number = page_asked(LAST_PAGE)
    found = find(actor, house(), told, offset=(number - 1) * PAGE, zone=zone()) if not told.empty else Found(0, [])
    scope = _scope(actor)
    return render_template(
        "finding/search.html",
        told=told,
        typed=request.args.get("q", "")[:500],
        found=found,
        number=number,
        scope=scope,
        link=_link,
        chosen={name: request.args.get(name, "") for name in FILTERS},
    )


@pages.get("/search/complete")
@guarded(May.SEARCH)
def completions(actor: Actor) -> Any:
    """Words for the field being typed in."""
    prefix = request.args.get("q", "")[:60].split(" ")[-1]
    return jsonify(complete(actor, house(), prefix) if len(prefix) >= 3 else [])


@pages.get("/search/palette")
@guarded(May.SEARCH)
def palette(actor: Actor) -> Any:
    """Where one can go from here, for what is typed into the palette; without a script the search page."""
    typed, scope = request.args.get("q", "")[:120].strip(), _scope(actor)
    if not wants_fragment():
        return redirect(_link(q=typed))
    return render_template("finding/_palette.html", groups=jumps(actor, house(), typed, scope), typed=typed, scope=scope)


def _scope(actor: Actor) -> Any:
    """The workspace that is searched in, if the URL names one the reader may see."""
    if not (id := request.args.get("in", "")):
        return None
    return actor.session.scalar(allowed(actor, Rooms.READ_WORKSPACE).where(Workspace.id == id))


def _link(**changed: Any) -> str:
    """This search with something changed; an empty value takes a filter away, and the page starts again at 1."""
    kept = {name: value for name, value in request.args.items() if name in ("q", *FILTERS) and value}
    kept |= changed
    return "/search?" + urlencode({name: value for name, value in kept.items() if value not in ("", None)})
