"""The home of a workspace."""

from typing import Any

from flask import jsonify, redirect, render_template, request, session
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.models import ALL, MENTIONS, MUTED
from portal.notices.queries import unread_count
from portal.people.actions import change_own
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import counts, home, people, shell
from workspaces.rooms.queries.start import start_here
from workspaces.rooms.schemas import Named
from workspaces.rooms.views.pages import pages


@pages.get("/w/<ref:workspace>/")
@guarded(workspace=May.READ_WORKSPACE)
def show_home(actor: Actor, workspace: Workspace) -> str:
    return _page(actor, workspace)


@pages.post("/w/<ref:workspace>/seen")
@guarded(workspace=May.READ_WORKSPACE)
def note_visit(actor: Actor, workspace: Workspace) -> Response | tuple[str, int]:
    """Sent by the page while somebody looks at it; with `all`, by the button."""
    if request.form.get("all"):
        actions.mark_all_read(actor, workspace)
        return redirect(workspace.path, 303)
    actions.note_visit(actor, workspace)
    return "", 204


@pages.post("/w/<ref:workspace>/hear")
@guarded(workspace=May.READ_WORKSPACE)
def hear(actor: Actor, workspace: Workspace) -> Response:
    """How much one wants to hear of it."""
    said = {
        ALL: _("You hear of every message here."),
        MENTIONS: _("You hear only what is meant for you here."),
        MUTED: _("You hear no more of this workspace."),
        "": _("You hear of it as your settings say."),
    }
    how = request.form.get("how", "?")
    if how not in said:
        raise Invalid(("how", _("Choose one of what is offered.")))
    actions.hear(actor, workspace, how=how or None)
    return back_to(workspace.path, said[how])


@pages.get("/w/<ref:workspace>/counts")
@guarded(workspace=May.READ_WORKSPACE)
def show_counts(actor: Actor, workspace: Workspace) -> Response:
    """For a page that is told of news: what its tabs and bell would say if it were made now."""
    return jsonify({**counts(actor, workspace), "inbox": unread_count(actor)})


@pages.post("/w/<ref:workspace>/name")
@guarded(workspace=May.READ_WORKSPACE)
def say_name(actor: Actor, workspace: Workspace) -> Response | tuple[str, int]:
    try:
        change_own(actor, name=read_form(Named, request.form).name)
        session["named"] = True  # whoever keeps the name is not asked again
    except Invalid as wrong:
        return _page(actor, workspace, errors=errors_of(wrong)), 422
    return back_to(workspace.path, _("Good to meet you, %(name)s.", name=actor.person.first_name))


def _page(actor: Actor, workspace: Workspace, errors: list[dict[str, str]] | None = None) -> str:
    frame = shell(actor, workspace, "home")
    since, hears = home.since(actor, workspace)
    seen: dict[str, Any] = {
        "since": since,
        "news": home.news(actor, workspace, since) if since else [],
        "our_people": home.your_people(actor, workspace),
        "replies": home.usual_replies(actor, workspace),
        "start": start_here(actor, workspace),
        "needs_name": not session.get("named") and home.needs_name(actor),
        "steps": home.first_steps(actor, workspace) if "run" in frame["may_words"] else None,
        "hears": hears,
        "mine": people.my_membership(actor, workspace) if workspace.is_community and not actor.is_staff else None,
        "companions": home.companions(actor, workspace) if workspace.is_community else [],
        "last_seen": home.last_seen(actor, workspace) if actor.is_staff else [],
    }
    return render_template("rooms/home.html", errors=errors or [], **frame, **seen)
