"""Take a copy: what is in it, one button, and the copies that were made."""

import contextlib
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, Invalid, Refused
from portal.kernel.house import House
from portal.kernel.ids import words
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.people.models import Person
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house
from search.copies import actions, queries
from search.copies.models import WorkspaceCopy
from search.copies.policy import May
from search.copies.standing import still_readable
from workspaces.library import serving
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import shell

pages = Blueprint("copies", __name__, url_prefix="/w/<ref:workspace>/export")


@pages.get("")
@guarded(workspace=May.TAKE_COPY)
def show_export(actor: Actor, workspace: Workspace) -> str:
    return _page(actor, workspace)


@pages.post("")
@guarded(workspace=May.TAKE_COPY)
def ask_copy(actor: Actor, workspace: Workspace) -> Any:
    try:
        actions.ask_copy(actor, workspace)
    except Invalid as wrong:
        return _page(actor, workspace, wrong), 422
    return back_to(f"{workspace.path}export", _("Your copy is being made. You are told when it is ready."))


@pages.get("/<ref:copy>")
@guarded(workspace=Rooms.READ_WORKSPACE, copy=May.READ_COPY)
def download(actor: Actor, workspace: Workspace, copy: WorkspaceCopy) -> Response:
    """The archive, while all that is in it may still be read by whom it is for."""
    if copy.state != "ready":
        raise Gone(_("This copy is not there, or no longer. You can have a new one made."))
    if not still_readable(house(), actor, copy):
        raise Gone(_("Something in this copy has been changed or taken away since. You can have a new one made."))
    name = f"{words(workspace.title) or 'copy'}-{copy.made_at:%Y-%m-%d}.zip"
    response = serving.sent(
        sha256=copy.sha256 or "", mime="application/zip", name=name, size=copy.size, at=copy.made_at or copy.created_at, inline=False
    )
    if request.method == "GET" and response.status_code == 200:
        there, person_pk, copy_pk = house(), actor.pk, copy.pk
        response.direct_passthrough = False  # a response passed through is never told that it was closed
        response.call_on_close(lambda: _note(there, person_pk, copy_pk))
    return response


def _note(there: House, person_pk: int, copy_pk: int) -> None:
    """That it was taken, in a short transaction of its own once the answer is out."""
    with contextlib.suppress(SQLAlchemyError, Refused), there.db.writing() as session:
        actor = Actor(session, session.get_one(Person, person_pk))
        copy = queries.copy_of(actor, copy_pk)
        if copy is not None:
            actions.note_taken(actor, copy)
            read_thing(actor, thing=f"copy:{copy.id}")


def _page(actor: Actor, workspace: Workspace, wrong: Invalid | None = None) -> str:
    return render_template(
        "copies/export.html",
        contents=queries.contents(actor, workspace),
        copies=queries.copies_of(actor, workspace),
        errors=errors_of(wrong),
        **shell(actor, workspace, "export"),
    )
