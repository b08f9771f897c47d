"""How much room a workspace's files may take: for admins, who see nothing of what is in it."""

from typing import Any

from flask import Blueprint, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import absolute
from workspaces.library import actions, quotas
from workspaces.library.policy import May
from workspaces.library.schemas import SpaceForm
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

pages = Blueprint("space", __name__)


@pages.get("/w/<ref:workspace>/space")
@guarded(workspace=May.SET_QUOTA)
def show_space(actor: Actor, workspace: Workspace) -> str:
    return _page(actor, workspace)


@pages.post("/w/<ref:workspace>/space")
@guarded(workspace=May.SET_QUOTA)
def set_quota(actor: Actor, workspace: Workspace) -> Any:
    if _stands(workspace).changed:
        return _page(actor, workspace), 412
    try:
        actions.set_quota(actor, workspace, quota=quotas.said(read_form(SpaceForm, request.form).limit))
    except Invalid as wrong:
        return _page(actor, workspace, wrong), 422
    return back_to(path_of(workspace), _("Saved."))


def path_of(workspace: Workspace) -> str:
    """The address of the page; without the words that other addresses have, which say what a workspace is about."""
    return f"/w/{workspace.id}/space"


def settings(actor: Actor, workspace: Workspace, **context: Any) -> dict[str, Any]:
    """For `workspace.space`: how much they take, and the way to more."""
    changes = may(actor, May.SET_QUOTA, workspace)
    return {"room": quotas.room_of(actor.session, workspace), "changes": changes, "address": absolute(path_of(workspace))}


def _page(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    return render_template(
        "library/space.html",
        errors=errors_of(wrong),
        stands=_stands(workspace),
        address=path_of(workspace),
        workspace_id=workspace.id,
        back=f"{workspace.path}settings" if may(actor, Rooms.SEE_SETTINGS, workspace) else "",
        room=quotas.room_of(actor.session, workspace),
        usual=actor.session.info.get("workspace_quota", 0),
        limit=request.form.get("limit", _written(workspace)),
    )


def _written(workspace: Workspace) -> str:
    """The limit as the field has it."""
    return "" if workspace.quota is None else quotas.written(workspace.quota) if workspace.quota else "0"


def _stands(workspace: Workspace) -> Standing:
    return standing((_("Limit"), _written(workspace)))
