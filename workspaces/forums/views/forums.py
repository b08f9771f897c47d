"""The forums of a workspace: made, described, put in order, removed by those who run it."""

from typing import Any

from flask import render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.people.queries import vendor
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums import actions, queries
from workspaces.forums.models import Forum
from workspaces.forums.policy import May
from workspaces.forums.schemas import ForumForm, ForumPatch
from workspaces.forums.views.frame import audiences, frame, pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import people
from workspaces.rooms.queries.places import audience_choices, audience_chosen, audience_now
from workspaces.rooms.schemas import Meaning
from workspaces.rooms.views.audiences import Form, ask_first, who_page


@pages.get("/w/<ref:workspace>/forums")
@guarded(workspace=Rooms.RUN_WORKSPACE)
def list_forums(actor: Actor, workspace: Workspace) -> Any:
    return _list(actor, workspace)


@pages.post("/w/<ref:workspace>/forums")
@guarded(workspace=Rooms.RUN_WORKSPACE)
def make_forum(actor: Actor, workspace: Workspace) -> Any:
    try:
        told = read_form(ForumForm, request.form)
        audience = audience_chosen(actor, workspace, told.audience)
        forum = actions.make_forum(actor, workspace, title=told.title, description=told.description, audience=audience)
    except Invalid as wrong:
        actor.session.rollback()
        return _list(actor, workspace, request.form, wrong), 422
    return back_to(f"{workspace.path}forums", _("Made the forum “%(title)s”.", title=forum.title))


@pages.get("/w/<ref:workspace>/forums/<ref:forum>")
@guarded(workspace=Rooms.RUN_WORKSPACE, forum=May.CHANGE_FORUM)
def show_forum(actor: Actor, workspace: Workspace, forum: Forum) -> Any:
    return _edit(actor, forum, {"title": forum.title, "description": forum.description})


@pages.post("/w/<ref:workspace>/forums/<ref:forum>")
@guarded(workspace=Rooms.RUN_WORKSPACE, forum=May.CHANGE_FORUM)
def change_forum(actor: Actor, workspace: Workspace, forum: Forum) -> Any:
    if _stands(forum).changed:
        return _edit(actor, forum, request.form), 412
    try:
        told = read_form(ForumPatch, request.form)
        if told.title is None:
            raise Invalid(("title", _("Write something here.")))
        actions.change_forum(actor, forum, title=told.title, description=told.description or "")
    except Invalid as wrong:
        return _edit(actor, forum, request.form, wrong), 422
    return back_to(f"{workspace.path}forums", _("Saved."))


@pages.post("/w/<ref:workspace>/forums/<ref:forum>/audience")
@guarded(workspace=Rooms.RUN_WORKSPACE, forum=May.CHANGE_FORUM)
def change_audience(actor: Actor, workspace: Workspace, forum: Forum) -> Any:
    """Shows first who then sees it; the same form with `confirmed` does it."""
    here = f"{workspace.path}forums/{forum.id}"
    try:
        told = read_form(Meaning, request.form)
        audience = audience_chosen(actor, workspace, told.audience)
        meant = actions.change_forum_audience(actor, forum, audience=audience, from_now_on=told.old == "stay")
        if meant is None:
            return back_to(here, _("It is for them already."))
        form = Form(forum.title, f"{here}/audience", here, (("audience", told.audience),))
        if (asked := ask_first(actor, workspace, "discussions", told, meant, form)) is not None:
            return asked
    except Invalid as wrong:
        actor.session.rollback()
        return _edit(actor, forum, {"title": forum.title, "description": forum.description}, wrong), 422
    return back_to(here, _("“%(title)s” is for others now.", title=forum.title))


@pages.get("/w/<ref:workspace>/forums/<ref:forum>/who")
@guarded(workspace=Rooms.READ_WORKSPACE, forum=May.READ_FORUM)
def show_who(actor: Actor, workspace: Workspace, forum: Forum) -> str:
    back = f"{workspace.path}discussions?forum={forum.id}"
    depth = "team" if forum.for_team else "shared"
    return who_page(actor, workspace, "discussions", title=forum.title, audience_pk=forum.open_audience_pk, back=back, depth=depth)


@pages.post("/w/<ref:workspace>/forums/<ref:forum>/order")
@guarded(workspace=Rooms.RUN_WORKSPACE, forum=May.CHANGE_FORUM)
def order_forum(actor: Actor, workspace: Workspace, forum: Forum) -> Any:
    actions.order_forum(actor, forum, step=-1 if request.form.get("to") == "up" else 1)
    return back_to(f"{workspace.path}forums")


@pages.post("/w/<ref:workspace>/forums/<ref:forum>/remove")
@guarded(workspace=Rooms.RUN_WORKSPACE, forum=May.CHANGE_FORUM)
def remove_forum(actor: Actor, workspace: Workspace, forum: Forum) -> Any:
    try:
        actions.remove_forum(actor, forum)
    except Invalid as wrong:
        return _list(actor, workspace, {}, wrong), 422
    return back_to(f"{workspace.path}forums", _("Removed the forum “%(title)s”.", title=forum.title))


def _list(actor: Actor, workspace: Workspace, typed: Any = None, wrong: Invalid | None = None) -> str:
    forums = queries.forums_of(actor, workspace)
    around = frame(
        actor,
        workspace,
        forums=forums,
        counts=queries.topic_counts(actor, workspace),
        group_choices=[(group.id, _("The group %(group)s", group=group.name)) for group in people.groups(actor, workspace)],
        typed={"title": "", "description": "", "audience": "everyone"} | dict((typed or {}).items()),
        errors=errors_of(wrong),
    )
    around["audiences"] = audiences(actor, around, forums)
    around["crumbs"] = [*around["crumbs"], (_("Forums"), None)]
    return render_template("forums/forums.html", **around)


def _edit(actor: Actor, forum: Forum, typed: Any, wrong: Invalid | None = None) -> str:
    told = {"title": "", "description": ""} | dict(typed.items())
    around = frame(actor, forum.workspace, forum=forum, typed=told, errors=errors_of(wrong), stands=_stands(forum))
    around["audience"] = audiences(actor, around, [forum])[forum.pk]
    around["audience_choices"] = audience_choices(actor, forum.workspace, vendor(actor).name)
    around["audience_now"] = audience_now(actor, forum)
    around["crumbs"] = [*around["crumbs"], (_("Forums"), f"{forum.workspace.path}forums"), (forum.title, None)]
    return render_template("forums/forum.html", **around)


def _stands(forum: Forum) -> Standing:
    return standing((_("Name"), forum.title), (_("What it is for"), forum.description))
