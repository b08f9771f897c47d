"""View as the client: chosen, begun, left."""

from flask import redirect, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.web import viewing
from portal.web.endpoint import guarded, own
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import shell
from workspaces.rooms.queries.readers import companies
from workspaces.rooms.queries.viewing import client_named, clients, through_eyes_of
from workspaces.rooms.views.pages import pages


@pages.get("/w/<ref:workspace>/view")
@guarded(workspace=May.VIEW_AS)
def choose_view(actor: Actor, workspace: Workspace) -> str:
    found = clients(actor, workspace)
    return render_template(
        "rooms/view.html",
        clients=found,
        companies=companies(actor, workspace, found),
        at=_inside(workspace.id, request.args.get("at", "")),
        **shell(actor, workspace, "people"),
    )


@pages.post("/w/<ref:workspace>/view")
@guarded(workspace=May.VIEW_AS)
def begin_view(actor: Actor, workspace: Workspace) -> Response:
    id = request.form.get("person", "")
    person = client_named(actor, workspace, id) if id else None
    if id and person is None:
        raise NotFound
    viewing.begin(workspace.id, id, actions.look_as(actor, workspace, person=person))
    return redirect(_inside(workspace.id, request.form.get("at", "")) or workspace.path, 303)


@pages.post("/view/end")
@own("which view their browser is in")
def leave_view(actor: Actor) -> Response:
    told = viewing.current()
    viewing.end()
    if told is None:
        return redirect("/", 303)
    return redirect(_inside(told["workspace"], request.form.get("at", "")) or f"/w/{told['workspace']}/", 303)


def standing_in(actor: Actor, told: viewing.View) -> Actor | None:
    """For `portal.web.viewing.STANDS`."""
    return through_eyes_of(actor, told["workspace"], told["person"], told["name"])


def _inside(workspace: str, path: str) -> str:
    """The path if it is one of this workspace's pages."""
    return path if path.startswith(f"/w/{workspace}") and "\\" not in path and len(path) < 300 else ""
