"""Putting things under "Start here" on a workspace's home, and in which order."""

from typing import Any

from flask import request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.schemas import Pinning
from workspaces.rooms.views.pages import pages


@pages.post("/w/<ref:workspace>/start")
@guarded(workspace=May.RUN_WORKSPACE)
def arrange_start(actor: Actor, workspace: Workspace) -> Any:
    """One press: put there, taken away, one further up or down. What cannot be is said on the home."""
    told = read_form(Pinning, request.form)
    thing, fields = (told.kind, told.thing), {"kind": told.kind, "thing": told.thing}
    here = f"{workspace.path}start"
    try:
        match told.act:
            case "pin":
                actions.pin(actor, workspace, thing, is_pinned=True)
                return back_to(workspace.path, _("It is under Start here now."), undo=here, fields={"act": "unpin", **fields})
            case "unpin":
                actions.pin(actor, workspace, thing, is_pinned=False)
                return back_to(workspace.path, _("It is no longer under Start here."), undo=here, fields={"act": "pin", **fields})
            case "up" | "down":
                actions.move_pin(actor, workspace, thing, by=-1 if told.act == "up" else 1)
    except Invalid as wrong:
        return back_to(workspace.path, wrong.errors[0][1], bad=True)
    return back_to(workspace.path)
