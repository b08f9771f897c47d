"""Versions of a file: another one made the current one, two of them compared."""

from typing import Any

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Busy, Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from portal.web.unit import house
from workspaces.library import actions, comparing, queries
from workspaces.library.models import File, FileVersion
from workspaces.library.policy import May
from workspaces.library.scanning import refuse_held
from workspaces.library.schemas import Beat, Choosing
from workspaces.library.views.beside import places_of
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell

pages = Blueprint("versions", __name__, url_prefix="/w/<ref:workspace>/files/f/<ref:file>")


@pages.post("/current")
@guarded(workspace=May.READ_LIBRARY, file=May.ADD_VERSION)
def make_current(actor: Actor, workspace: Workspace, file: File) -> Response:
    was = file.version.number
    try:
        version = queries.version_named(actor, file, read_form(Choosing, request.form).number, "number")
    except Invalid as wrong:
        return back_to(file.path, wrong.errors[0][1], bad=True)
    actions.make_current(actor, file, version=version)
    said = _("Version %(n)s of %(name)s is the current one now.", n=version.number, name=file.name)
    return back_to(file.path, said, undo=f"{file.path}/current", fields={"number": str(was)})


@pages.get("/compare")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def compare(actor: Actor, workspace: Workspace, file: File) -> Any:
    """?from= and ?to= are numbers of versions; without them the current one and the one before it."""
    versions = queries.versions_of(actor, file)
    asked = request.args.get("to"), request.args.get("from")
    after = queries.version_of(actor, file, asked[0])
    before = queries.version_of(actor, file, asked[1]) if asked[1] else _one_before(versions, after)
    for each in (before, after):
        refuse_held(house(), actor.session, each.sha256)
    try:
        pages = [comparing.pages_of(actor, house().storage, each) for each in (before, after)]
    except OSError as error:
        raise Busy(_("This file cannot be read at the moment.")) from error
    rows = comparing.compared(pages[0], pages[1]) if pages[0] is not None and pages[1] is not None else None
    return render_template(
        "library/compare.html",
        **shell(actor, workspace, "files"),
        file=file,
        places=[*places_of(queries.tree(actor, workspace), file), (file.name, file.path)],
        versions=versions,
        before=before,
        after=after,
        rows=rows,
    )


@pages.post("/reading")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def note_reading(actor: Actor, workspace: Workspace, file: File) -> Response:
    """A beat of the page: it was before somebody for ten seconds."""
    told = read_form(Beat, request.form)
    actions.note_reading(actor, queries.version_named(actor, file, told.number, "number"), page=told.page)
    return Response(status=204)


def _one_before(versions: list[FileVersion], after: FileVersion) -> FileVersion:
    return next((each for each in versions if each.number < after.number), after)
