"""The search page, and completions for the search field."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.kernel.markdown import MENTION
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to, page_asked, wants_fragment
from portal.web.render import zone
from portal.web.unit import house
from search.finding.fields import asked
from search.finding.known import answered_to_others, who_knows
from search.finding.palette import jumps
from search.finding.policy import May
from search.finding.queries import DEEPEST, PAGE, Found, complete, find
from workspaces.forums.actions import keep_draft
from workspaces.forums.models import Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.drafts import draft_in
from workspaces.forums.views.frame import framed
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


@pages.get("/search/people")
@guarded(May.SEARCH)
def people_page(actor: Actor) -> str:
    """Who answered about something, and can be asked."""
    told = asked(request.args.get("q", ""), place=request.args.get("in", ""))
    typed = request.args.get("q", "")[:500]
    return render_template("finding/people.html", knows=who_knows(actor, house(), told), typed=typed, back=_link(), scope=_scope(actor))


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


@pages.get("/w/<ref:workspace>/discussions/<ref:topic>/answered")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.WRITE_TEAM_NOTE)
def show_answered(actor: Actor, workspace: Workspace, topic: Topic) -> str:
    """For our side beside a discussion: what we answered to others on the same question."""
    return render_template("finding/answered.html", answered=answered_to_others(actor, house(), topic), **framed(actor, topic))


@pages.post("/w/<ref:workspace>/discussions/<ref:topic>/answered")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.WRITE_TEAM_NOTE)
def insert_answer(actor: Actor, workspace: Workspace, topic: Topic) -> Response:
    """Put such an answer into one's own draft, below what is there; whom it named is left out, for they are others here."""
    post = next((one.post for one in answered_to_others(actor, house(), topic) if one.post.id == request.form.get("post", "")), None)
    if post is None:
        raise NotFound
    draft, words = draft_in(actor, f"topic:{topic.id}"), MENTION.sub("", post.body).strip()
    keep_draft(actor, place=f"topic:{topic.id}", body=f"{draft.body}\n\n{words}" if draft else words, team=bool(draft and draft.team))
    return back_to(f"{topic.path}#reply", _("It is in your draft. Nothing is sent."))


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
