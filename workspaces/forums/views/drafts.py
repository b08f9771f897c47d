"""What a person has begun to write, kept on the server too."""

from typing import Any

from flask import render_template, request

from portal.kernel.actor import Actor
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import own
from portal.web.pages import back_to
from workspaces.forums import actions
from workspaces.forums.queries.drafts import drafts
from workspaces.forums.schemas import DraftForm
from workspaces.forums.views.frame import pages


@pages.get("/me/drafts")
@own("one's own drafts")
def list_drafts(actor: Actor) -> Any:
    return render_template("forums/drafts.html", drafts=drafts(actor))


@pages.post("/me/drafts")
@own("one's own draft")
def keep_draft(actor: Actor) -> Any:
    """Called by the composer while somebody writes; answers with when it was kept."""
    told = read_form(DraftForm, request.form)
    draft = actions.keep_draft(actor, place=told.place, title=told.title, body=told.body, team=told.team)
    return render_template("forums/_saved.html", saved_at=draft.saved_at if draft else None)


@pages.post("/me/drafts/remove")
@own("one's own draft")
def drop_draft(actor: Actor) -> Any:
    actions.drop_draft(actor, place=request.form.get("place", "")[:60])
    return back_to("/me/drafts", _("Removed the draft."))
