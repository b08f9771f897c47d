"""A picture picked for a draft, for its author to look at while they write."""

from flask import Blueprint, Response

from portal.kernel.actor import Actor
from portal.web.endpoint import guarded
from workspaces.forums.models import DraftFile
from workspaces.forums.policy import May
from workspaces.library import serving

pages = Blueprint("picked", __name__)


@pages.get("/me/drafts/files/<ref:draft_file>")
@guarded(draft_file=May.READ_DRAFT_FILE)
def show_picked(actor: Actor, draft_file: DraftFile) -> Response:
    return serving.picked(draft_file)
