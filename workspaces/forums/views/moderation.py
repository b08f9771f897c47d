"""What is done to a whole topic: renamed, tagged, pinned, closed, removed."""

from typing import Any

from flask import render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums import actions, queries
from workspaces.forums.models import Topic
from workspaces.forums.policy import May
from workspaces.forums.schemas import Renaming
from workspaces.forums.views.frame import framed, pages
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
    actions.change_topic(actor, topic, title=told.title, tags=queries.as_known(actor, workspace, told.tags))
    return back_to(topic.path, _("Saved."))


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
    told = {"title": "", "tags": ""} | dict(typed.items())
    offered = queries.offered_tags(actor, topic.workspace)
    around = framed(actor, topic, typed=told, offered=offered, errors=errors_of(wrong), stands=_stands(topic))
    return render_template("forums/change.html", **around)


def _stands(topic: Topic) -> Standing:
    return standing((_("Title"), topic.title), (_("Tags"), ", ".join(topic.tags)))
