"""A file page by page, and the pictures of the pages."""

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound
from portal.web.endpoint import guarded
from workspaces.library import serving
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.queries import version_of
from workspaces.library.views.beside import discuss_at
from workspaces.previews import queries
from workspaces.previews.serving import picture
from workspaces.previews.slots import of_page
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell

pages = Blueprint("previews", __name__, url_prefix="/w/<ref:workspace>/files/f/<ref:file>")


@pages.get("/page/<int:page>")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def show_page(actor: Actor, workspace: Workspace, file: File, page: int) -> Response:
    version = version_of(actor, file, request.args.get("v"))
    shown = queries.shown(actor, version, page)
    if shown.page is None and (page != 1 or shown.count):
        raise NotFound
    marked = queries.words_asked(request.args.get("mark", ""))
    html = render_template(
        "previews/page.html",
        **shell(actor, workspace, "files"),
        file=file,
        marked=marked,
        discuss=discuss_at(file, version if version.pk != file.version_pk else None, page),
        **of_page(file, shown, marked),
    )
    return serving.remembering(actor, version, make_response(html))


@pages.get("/page/<int:page>/picture")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def show_picture(actor: Actor, workspace: Workspace, file: File, page: int) -> Response:
    return picture(actor, version_of(actor, file, request.args.get("v")), page)


@pages.get("/play")
@guarded(workspace=May.READ_LIBRARY, file=May.READ_FILE)
def play(actor: Actor, workspace: Workspace, file: File) -> Response:
    """Sound and film, by ranges."""
    version = version_of(actor, file, request.args.get("v"))
    if not version.mime.startswith(("audio/", "video/")):
        raise NotFound
    return serving.playing(actor, version)
