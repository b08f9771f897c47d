"""The list of discussions, and starting one."""

from typing import Any

from flask import redirect, render_template, request

from portal.kernel import markdown
from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid, NotFound, TooLarge, TooMany
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded, own
from portal.web.pace import count_writing
from portal.web.pages import errors_of, page_asked, wants_fragment
from workspaces.forums import actions, queries
from workspaces.forums.holding import HOLD
from workspaces.forums.models import Forum
from workspaces.forums.queries.drafts import draft_in, picked_in
from workspaces.forums.schemas import BODY, TAG, TopicForm
from workspaces.forums.views.frame import audiences, frame, pages, receive, with_picked
from workspaces.forums.views.topic import mentionable
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


@pages.get("/w/<ref:workspace>/discussions")
@guarded(workspace=Rooms.READ_WORKSPACE)
def list_topics(actor: Actor, workspace: Workspace) -> Any:
    forums = queries.forums_of(actor, workspace)
    forum = _chosen(forums)
    show = request.args.get("show", "all")
    show = show if show in queries.SHOWS else "all"
    page = page_asked()
    tag = " ".join(request.args.get("tag", "").split())[:TAG]
    rows, older = queries.topic_rows(actor, workspace, show=show, forum=forum, tag=tag, page=page)
    around = frame(actor, workspace, forums=forums, forum=forum, show=show, tag=tag, page=page, rows=rows, older=older)
    around["gone"] = queries.lines(actor, workspace, forum) if page == 1 and show == "all" and not tag else []
    around["crumbs"] = [(workspace.title, workspace.path), (_("Discussions"), None)]
    around["audience"] = audiences(actor, around, [forum])[forum.pk] if forum else ""
    return render_template("forums/list.html", **around)


@pages.get("/w/<ref:workspace>/discussions/next")
@guarded(workspace=Rooms.READ_WORKSPACE)
def next_unread(actor: Actor, workspace: Workspace) -> Any:
    """Of this workspace; where nothing of it is, of any other."""
    topic = queries.next_unread(actor, workspace) or queries.next_unread(actor)
    return redirect(f"{topic.path}#new" if topic else f"{workspace.path}discussions?show=unread", 303)


@pages.get("/me/next")
@own("what is new to oneself")
def next_anywhere(actor: Actor) -> Any:
    topic = queries.next_unread(actor)
    return redirect(f"{topic.path}#new" if topic else "/me/notifications", 303)


@pages.get("/w/<ref:workspace>/discussions/new")
@guarded(workspace=Rooms.READ_WORKSPACE)
def new_topic(actor: Actor, workspace: Workspace) -> Any:
    draft = draft_in(actor, f"workspace:{workspace.id}")
    linked = {name: request.args.get(name, "")[:500] for name in ("title", "body", "about")}  # what "Discuss" of a file begins with
    typed = {"title": draft.title, "body": draft.body} if draft and not any(linked.values()) else linked
    return _form(actor, workspace, typed | {"forum": request.args.get("forum", "")}, saved_at=draft.saved_at if draft else None)


@pages.post("/w/<ref:workspace>/discussions/new")
@guarded(workspace=Rooms.READ_WORKSPACE, before=receive)
def start_topic(actor: Actor, workspace: Workspace, received: list[Any]) -> Any:
    try:
        told = read_form(TopicForm, with_picked(request.form))
        forum = queries.forum_named(actor, workspace, told.forum)
        count_writing(actor)
        start = HOLD.topic if HOLD.due(actor, workspace) else actions.start_topic
        topic = start(
            actor,
            forum,
            title=told.title,
            body=told.body,
            kind=told.kind,
            tags=queries.as_known(actor, workspace, told.tags),
            receipts=told.receipts,
            received=received,
            picked=told.picked,
            about=told.about,
        )
    except Invalid as wrong:
        actor.session.rollback()
        return _form(actor, workspace, request.form, wrong=wrong), 422
    except TooLarge as full:
        actor.session.rollback()
        return _form(actor, workspace, request.form, wrong=Invalid(("files", full.words))), 413
    except TooMany as often:
        actor.session.rollback()
        told_so = Invalid(("body", often.words))
        return _form(actor, workspace, request.form, wrong=told_so), 429, {"Retry-After": str(often.seconds)}
    return redirect(topic.path, 303)  # or where it waits


@pages.get("/w/<ref:workspace>/discussions/mentionable")
@guarded(workspace=Rooms.READ_WORKSPACE)
def show_mentionable_in(actor: Actor, workspace: Workspace) -> Any:
    """Who could be named in a new discussion of a forum: who will read it there."""
    forum = queries.forum_named(actor, workspace, request.args.get("forum", ""))
    return mentionable(actor, workspace, forum.open_audience_pk)


@pages.post("/w/<ref:workspace>/discussions/preview")
@guarded(workspace=Rooms.READ_WORKSPACE)
def preview_topic(actor: Actor, workspace: Workspace) -> Any:
    """What was typed, as it will look; without a script the page comes again with it."""
    html = markdown.render(request.form.get("body", "")[:BODY])
    if wants_fragment():
        return render_template("forums/_preview.html", html=html)
    return _form(actor, workspace, request.form, preview=html)


def _form(actor: Actor, workspace: Workspace, typed: Any, *, wrong: Invalid | None = None, preview: str = "", saved_at: Any = None) -> Any:
    forums = queries.startable(actor, workspace)
    if not forums:
        raise Forbidden(_("You can read here. Ask the people who run this workspace to take part."))
    chosen = typed.get("forum") or forums[0].id
    around = frame(
        actor,
        workspace,
        forums=forums,
        typed={"title": "", "body": "", "kind": "discussion", "tags": "", "receipts": "", "about": ""}
        | dict(typed.items())
        | {"forum": chosen},
        may_announce=may(actor, Rooms.MODERATE, workspace),
        preview=preview,
        offered=queries.offered_tags(actor, workspace),
        saved_at=saved_at,
        picked=picked_in(actor, f"workspace:{workspace.id}"),
        errors=errors_of(wrong),
    )
    around["audiences"] = audiences(actor, around, forums)
    around["crumbs"] = [*around["crumbs"], (_("Start a discussion"), None)]
    return render_template("forums/new.html", **around)


def _chosen(forums: list[Forum]) -> Forum | None:
    """The forum of ?forum=, or NotFound for one that the reader does not see."""
    id = request.args.get("forum", "")
    found = next((forum for forum in forums if forum.id == id), None)
    if id and found is None:
        raise NotFound
    return found
