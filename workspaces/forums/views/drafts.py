"""What a person has begun to write, kept on the server too."""

from typing import Any

from flask import Response, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid, TooLarge
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.endpoint import guarded, own
from portal.web.pages import back_to, wants_fragment
from workspaces.forums import actions
from workspaces.forums.attachments import PORT
from workspaces.forums.models import DraftFile
from workspaces.forums.policy import May
from workspaces.forums.queries.drafts import Picked, drafts
from workspaces.forums.schemas import DraftForm
from workspaces.forums.views.frame import pages, receive
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms


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


@pages.post("/w/<ref:workspace>/drafts/files")
@guarded(workspace=Rooms.READ_WORKSPACE, before=receive)
def pick_files(actor: Actor, workspace: Workspace, received: list[Any]) -> Any:
    """Called by the composer for each file that is picked, pasted or dropped; answers with what is sent of it later."""
    try:
        picked = actions.pick_files(actor, place=request.form.get("place", "")[:60], received=received)
    except (Invalid, Forbidden, TooLarge) as wrong:
        actor.session.rollback()
        words = "; ".join(words for _field, words in wrong.errors) if isinstance(wrong, Invalid) else wrong.words
        return render_template("forums/_refused.html", words=words), {Invalid: 422, Forbidden: 403, TooLarge: 413}[type(wrong)]
    return render_template("forums/_picked.html", picked=[Picked(each, PORT.picture(each)) for each in picked]), 201


@pages.post("/me/drafts/files/<ref:draft_file>/remove")
@guarded(draft_file=May.READ_DRAFT_FILE)
def drop_file(actor: Actor, draft_file: DraftFile) -> Any:
    """Of the composer without a script the words come with it, and are kept."""
    draft = draft_file.draft
    if request.form.get("body"):
        told = read_form(DraftForm, {**request.form, "place": draft.place})
        actions.keep_draft(actor, place=draft.place, title=told.title, body=told.body, team=told.team)
    path = next((each.path for each in drafts(actor) if each.draft is draft), "") or "/me/drafts"
    actions.drop_file(actor, draft_file)
    return Response(status=204) if wants_fragment() else back_to(path)


@pages.post("/me/drafts/remove")
@own("one's own draft")
def drop_draft(actor: Actor) -> Any:
    actions.drop_draft(actor, place=request.form.get("place", "")[:60])
    return back_to("/me/drafts", _("Removed the draft."))
