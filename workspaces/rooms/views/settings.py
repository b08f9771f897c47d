"""A workspace's settings, and its archive."""

from flask import render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people, shell
from workspaces.rooms.schemas import WorkspaceChange
from workspaces.rooms.views.pages import pages


@pages.get("/w/<ref:workspace>/settings")
@guarded(workspace=May.SEE_SETTINGS)
def show_settings(actor: Actor, workspace: Workspace) -> str:
    return _page(actor, workspace, {})


@pages.post("/w/<ref:workspace>/settings")
@guarded(workspace=May.RUN_WORKSPACE)
def save_settings(actor: Actor, workspace: Workspace) -> Response | tuple[str, int]:
    if _stands(workspace).changed:
        return _page(actor, workspace, dict(request.form)), 412
    try:
        asked = read_form(WorkspaceChange, {"title": "", **request.form})
        if asked.title is None:
            raise Invalid(("title", _("Write something here.")))
        told = {"members_invite": bool(asked.members_invite), "holds_first": bool(asked.holds_first)}
        told["reading_times"] = bool(asked.reading_times)
        actions.change_workspace(actor, workspace, title=asked.title, purpose=asked.purpose or "", **told)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, workspace, dict(request.form), errors_of(wrong)), 422
    return back_to(f"{workspace.path}settings", _("Saved."))


@pages.post("/w/<ref:workspace>/archive")
@guarded(workspace=May.RUN_WORKSPACE)
def archive(actor: Actor, workspace: Workspace) -> Response:
    actions.archive_workspace(actor, workspace)
    return back_to(
        workspace.path, _("“%(title)s” is closed. Everything can still be read.", title=workspace.title), undo=f"{workspace.path}restore"
    )


@pages.post("/w/<ref:workspace>/restore")
@guarded(workspace=May.RESTORE_WORKSPACE)
def restore(actor: Actor, workspace: Workspace) -> Response:
    actions.restore_workspace(actor, workspace)
    return back_to(workspace.path, _("“%(title)s” is open again.", title=workspace.title))


def _page(actor: Actor, workspace: Workspace, told: dict[str, str], errors: list[dict[str, str]] | None = None) -> str:
    return render_template(
        "rooms/settings.html",
        told=told,
        stands=_stands(workspace),
        errors=errors or [],
        may_restore=may(actor, May.RESTORE_WORKSPACE, workspace),
        group_list=people.groups(actor, workspace),
        **shell(actor, workspace, "settings"),
    )


def _stands(workspace: Workspace) -> Standing:
    invites = _("Yes") if workspace.members_invite else _("No")
    holds = _("Yes") if workspace.holds_first else _("No")
    measured = _("Yes") if workspace.reading_times else _("No")
    return standing(
        (_("Name"), workspace.title),
        (_("What it is for"), workspace.purpose),
        (_("Clients may invite"), invites),
        (_("First messages wait"), holds),
        (_("Reading is measured"), measured),
    )
