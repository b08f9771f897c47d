"""What copies bring: an account taken out and brought in, and a copy of a workspace for whoever may come in."""

from typing import Any

from portal.imports.cli import importing
from portal.kernel.actor import Actor
from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from search.copies import copies, events, jobs, policy, sources, views
from search.copies.cli import bring_copy, export
from workspaces.rooms.models import Workspace

importing.add_command(bring_copy)


def _about(actor: Actor, workspace: Workspace) -> dict[str, Any]:
    return {"workspace": workspace}


def _fill() -> None:
    shortcut("copy", Shortcut(lambda: _("Take a copy"), "download", "export", policy.May.TAKE_COPY))
    fill("workspace.about", _about, "copies/_take.html")


COPIES = Feature(
    declares=(copies, events, jobs, policy, sources),
    pages=(views.pages,),
    commands=(export,),
    fills=_fill,
)
