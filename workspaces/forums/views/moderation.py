"""What is done to a whole topic: renamed, tagged, moved, pinned, closed, removed."""

from typing import Any

from flask import render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums import actions, queries
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.forums.schemas import Renaming
from workspaces.forums.views.frame import audiences, framed, pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

TOPIC = "/w/<ref:workspace>/discussions/<ref:topic>"


@pages.get(TOPIC + "/change")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.CHANGE_TOPIC)
def show_change(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    return _form(actor, topic, {"title": topic.title, "tags": ", ".join(topic.tags)})


@pages.post(TOPIC + "/change")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.CHANGE_TOPIC)
def change_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    if _stands(topic).changed:
        return _form(actor, topic, request.form), 412
    try:
        told = read_form(Renaming, request.form)
    except Invalid as wrong:
        return _form(actor, topic, request.form, wrong), 422
    actions.change_topic(actor, topic, title=told.title, tags=tuple(told.tags))
    return back_to(topic.path, _("Saved."))


@pages.post(TOPIC + "/move")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def move_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    was = topic.forum
    try:
        actions.move_topic(actor, topic, forum=queries.forum_named(actor, workspace, request.form.get("forum", "")))
    except Invalid as wrong:
        return _form(actor, topic, {"title": topic.title, "tags": ", ".join(topic.tags)}, wrong), 422
    if topic.forum_pk == was.pk:
        return back_to(topic.path)
    return back_to(topic.path, _("Moved to %(forum)s.", forum=topic.forum.title), undo=f"{topic.path}/move", fields={"forum": was.id})


@pages.post(TOPIC + "/pin")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def pin_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    pinned = topic.pinned_at is None
    actions.pin_topic(actor, topic, pinned=pinned)
    return back_to(topic.path, _("Pinned on top of the list.") if pinned else _("No longer pinned."), undo=f"{topic.path}/pin")


@pages.post(TOPIC + "/lock")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def lock_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    locked = topic.locked_at is None
    actions.lock_topic(actor, topic, locked=locked)
    return back_to(topic.path, _("Closed. It can still be read.") if locked else _("Open again."), undo=f"{topic.path}/lock")


@pages.post(TOPIC + "/remove")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.MODERATE_TOPIC)
def remove_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    actions.remove_topic(actor, topic)
    said = _("Removed “%(title)s”.", title=topic.title)
    return back_to(f"{workspace.path}discussions", said, undo=f"{topic.path}/restore")


@pages.post(TOPIC + "/restore")
@guarded(workspace=Rooms.READ_WORKSPACE, topic=May.RESTORE_TOPIC)
def restore_topic(actor: Actor, workspace: Workspace, topic: Topic) -> Any:
    actions.restore_topic(actor, topic)
    return back_to(topic.path, _("It is there again."))


def _form(actor: Actor, topic: Topic, typed: Any, wrong: Invalid | None = None) -> str:
    forums = queries.startable(actor, topic.workspace) if may(actor, May.MODERATE_TOPIC, topic) else []
    errors = errors_of(wrong)
    told = {"title": "", "tags": ""} | dict(typed.items())
    around = framed(actor, topic, typed=told, forums=forums, errors=errors, stands=_stands(topic))
    around["audiences"] = audiences(actor, around, forums)
    return render_template("forums/change.html", **around)


def _stands(topic: Topic) -> Standing:
    return standing((_("Title"), topic.title), (_("Tags"), ", ".join(topic.tags)))
