"""The shelf over HTTP: what is on it, where it is placed, what becomes of newer versions."""

from flask import Response, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import allowed
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.api import answer, body, listed, resource
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.library import actions as library
from workspaces.library.models import File
from workspaces.library.queries import shown
from workspaces.library.receiving import Received, receive
from workspaces.library.schemas import Adding
from workspaces.library.shapes import FileJson, file_json
from workspaces.shelf import actions, queries
from workspaces.shelf.models import Placement
from workspaces.shelf.policy import May
from workspaces.shelf.schemas import PlacementPatch, PlacingBody
from workspaces.shelf.shapes import PlacedJson, PlacementJson, placement_json

api = resource("shelf", "Shelf")


@api.get("/shelf")
@described("The documents of the shelf, newest first; each is a file", lists=FileJson)
@guarded(May.USE_SHELF)
def list_masters(actor: Actor) -> Response:
    found = shown(allowed(actor, May.PLACE_MASTER))
    return listed(actor, found, [File.pk], lambda rows: [file_json(row) for row in rows], descending=True)


@api.post("/shelf")
@described("Add a document to the shelf", receives=Adding, makes=FileJson)
@guarded(May.USE_SHELF, before=receive)
def add_master(actor: Actor, received: list[Received]) -> Response:
    """Versions are added, and documents renamed and withdrawn, as of any file."""
    told = read_form(Adding, request.form)
    if len(received) != 1:
        raise Invalid(("file", _("Send one file, as multipart/form-data.")))
    folder = queries.front_of(actor, actions.open_shelf(actor))
    return answer(file_json(library.add_file(actor, folder, received=received[0], note=told.note, both=told.same == "both")), 201)


@api.get("/files/<file>/placements")
@described("Where a document of the shelf is placed, in workspaces that the caller may see", lists=PlacementJson)
@guarded(file=May.PLACE_MASTER)
def list_placements(actor: Actor, file: File) -> Response:
    return listed(actor, queries.placed(actor, file), [Placement.pk], lambda rows: _shown(actor, rows), descending=True)


@api.post("/files/<file>/placements")
@described("Place a document of the shelf in folders", takes=PlacingBody, makes=PlacedJson)
@guarded(file=May.PLACE_MASTER)
def place(actor: Actor, file: File) -> Response:
    told = body(PlacingBody)
    made = actions.place(actor, file, folders=queries.folders_of_ids(actor, told.folders), follows=told.follows)
    return answer({"items": _shown(actor, made)}, 201)


@api.get("/placements/<placement>")
@described("That a file comes from the shelf", gives=PlacementJson)
@guarded(placement=May.READ_PLACEMENT)
def show_placement(actor: Actor, placement: Placement) -> Response:
    return answer(_shown(actor, [placement])[0])


@api.patch("/placements/<placement>")
@described("Take a newer version or keep one's own, have it follow the shelf or ask", takes=PlacementPatch, gives=PlacementJson)
@guarded(placement=May.CHANGE_PLACEMENT)
def change_placement(actor: Actor, placement: Placement) -> Response:
    told = body(PlacementPatch)
    if told.newer == "take":
        actions.take_newer(actor, placement, note=told.note)
    elif told.newer == "keep":
        actions.keep_ours(actor, placement)
    if told.follows is not None:  # last, as it brings what waits, without a note
        actions.let_follow(actor, placement, follows=told.follows)
    return answer(_shown(actor, [placement])[0])


def _shown(actor: Actor, placements: list[Placement]) -> list[PlacementJson]:
    return [placement_json(place) for place in queries.reading_of(actor, placements)]
