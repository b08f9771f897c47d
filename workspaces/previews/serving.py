"""Pictures of pages on their way out."""

from flask import Response

from portal.kernel.actor import Actor
from portal.web.unit import house
from workspaces.library import serving
from workspaces.library.models import FileVersion
from workspaces.library.scanning import refuse_held
from workspaces.previews import queries


def picture(actor: Actor, version: FileVersion, number: int) -> Response:
    """The picture of a page. Raises NotFound."""
    refuse_held(house(), actor.session, version.sha256)
    page = queries.picture_of(actor, version, number)
    name = f"{version.file.name.rpartition('.')[0] or version.file.name} {number}.webp"
    return serving.sent(sha256=page.picture or "", mime="image/webp", name=name, size=page.size, at=version.created_at, inline=True)
