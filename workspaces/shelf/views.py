"""The shelf's page, and placing: from the shelf into workspaces, and into a folder from the shelf."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, Invalid, Refused, TooLarge
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.library import queries as library
from workspaces.library.models import File, Folder
from workspaces.library.policy import May as Library
from workspaces.library.views.beside import places_of
from workspaces.library.views.folders import folder_page
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell
from workspaces.shelf import actions, queries
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May
from workspaces.shelf.schemas import Answering, Placing, PlacingSeveral

pages = Blueprint("shelf", __name__)
STATUS: dict[type[Refused], int] = {Invalid: 422, Forbidden: 403, TooLarge: 413}
REFUSALS = (Invalid, Forbidden, TooLarge)  # said on the page: held back by the virus check, no room there


@pages.get("/shelf")
@guarded(May.USE_SHELF)
def show_shelf(actor: Actor) -> Any:
    there = queries.shelf(actor)
    return folder_page(actor, there, None) if there is not None else render_template("shelf/closed.html")


@pages.post("/shelf")
@guarded(May.USE_SHELF)
def open_shelf(actor: Actor) -> Response:
    actions.open_shelf(actor)
    return redirect("/shelf", 303)


@pages.get("/shelf/<ref:file>/place")
@guarded(file=May.PLACE_MASTER)
def choose_places(actor: Actor, file: File) -> Any:
    return _placing_page(actor, file)


@pages.post("/shelf/<ref:file>/place")
@guarded(file=May.PLACE_MASTER)
def place(actor: Actor, file: File) -> Any:
    try:
        told = read_form(Placing, request.form.to_dict() | {"folders": request.form.getlist("folders")})
        made = actions.place(actor, file, folders=queries.folders_of_ids(actor, told.folders), follows=told.how == "follow")
    except REFUSALS as wrong:
        actor.session.rollback()
        return _placing_page(actor, file, wrong=_told(wrong, "folders")), STATUS[type(wrong)]
    return back_to(file.path, ngettext("Placed in %(num)d folder.", "Placed in %(num)d folders.", len(made)))


@pages.get("/w/<ref:workspace>/files/<ref:folder>/shelf")
@guarded(workspace=Library.READ_LIBRARY, folder=May.PLACE_IN)
def choose_masters(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    return _taking_page(actor, workspace, folder)


@pages.post("/w/<ref:workspace>/files/<ref:folder>/shelf")
@guarded(workspace=Library.READ_LIBRARY, folder=May.PLACE_IN)
def place_here(actor: Actor, workspace: Workspace, folder: Folder) -> Any:
    try:
        told = read_form(PlacingSeveral, request.form.to_dict() | {"masters": request.form.getlist("masters")})
        chosen = queries.masters_of_ids(actor, told.masters)
        if not chosen:
            raise Invalid(("masters", _("Choose at least one document.")))
        for master in chosen:
            actions.place(actor, master, folders=[folder], follows=told.how == "follow")
    except REFUSALS as wrong:
        actor.session.rollback()
        return _taking_page(actor, workspace, folder, wrong=_told(wrong, "masters")), STATUS[type(wrong)]
    return back_to(folder.path, ngettext("%(num)d document is here now.", "%(num)d documents are here now.", len(chosen)))


@pages.post("/shelf/placements/<ref:placement>")
@guarded(placement=May.CHANGE_PLACEMENT)
def answer(actor: Actor, placement: Placement) -> Response:
    """A newer version is taken or not; the next ones come by themselves, or the team is asked."""
    here = placement.file.path
    try:
        told = read_form(Answering, request.form)
        if told.act == "take":
            actions.take_newer(actor, placement, note=told.changed)
            return back_to(here, _("It is as on the shelf now."))
        if told.act == "keep":
            actions.keep_ours(actor, placement)
            return back_to(here, _("It stays as it is."))
        actions.let_follow(actor, placement, follows=told.act == "follow")
    except REFUSALS as wrong:
        actor.session.rollback()
        return back_to(here, _told(wrong, "").errors[0][1], bad=True)
    return back_to(here, _("New versions arrive by themselves.") if placement.follows else _("You are asked before a new version arrives."))


def _told(wrong: Refused, field: str) -> Invalid:
    return wrong if isinstance(wrong, Invalid) else Invalid((field, wrong.words))


def _placing_page(actor: Actor, file: File, *, wrong: Invalid | None = None) -> str:
    words = request.args.get("q", "")[:100]
    there: dict[int, list[Placement]] = {}
    for each in queries.places_of(actor, file):
        there.setdefault(each.placement.file.workspace_pk, []).append(each.placement)
    return render_template(
        "shelf/place.html",
        **shell(actor, file.workspace, "files"),
        errors=errors_of(wrong),
        file=file,
        crumbs=[*places_of(library.tree(actor, file.workspace), file), (file.name, file.path)],
        rooms=queries.folders(actor, words),
        there=there,
        words=words,
        chosen=request.form.getlist("folders"),
        how=request.form.get("how", "follow"),
    )


def _taking_page(actor: Actor, workspace: Workspace, folder: Folder, *, wrong: Invalid | None = None) -> str:
    words = request.args.get("q", "")[:100]
    return render_template(
        "shelf/take.html",
        **shell(actor, workspace, "files"),
        errors=errors_of(wrong),
        folder=folder,
        masters=queries.masters(actor, words),
        words=words,
        chosen=request.form.getlist("masters"),
        how=request.form.get("how", "follow"),
    )
