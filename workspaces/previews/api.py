"""Pictures of pages over HTTP."""

from flask import Response, request

from portal.kernel.actor import Actor
from portal.web.api import resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.queries import version_of
from workspaces.library.schemas import ContentAsked
from workspaces.previews.serving import picture

api = resource("previews", "Files")


@api.get("/files/<file>/preview/<int:page>")
@described("The picture of a page, as WebP", asks=ContentAsked, gives=bytes)
@guarded(file=May.READ_FILE)
def show_preview(actor: Actor, file: File, page: int) -> Response:
    return picture(actor, version_of(actor, file, request.args.get("v")), page)
