"""Placements as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named
from workspaces.shelf.queries import Place


class PlacementJson(TypedDict):
    """That a file of a workspace comes from the shelf, and how clients read it there. Only staff are told."""

    id: str
    master: Annotated[str, means("The id of the document on the shelf, which is a file as well.")]
    file: Annotated[str, means("The id of the file in the workspace.")]
    workspace: str
    folder: str | None
    version: Annotated[int, means("The version of the document on the shelf that came last.")]
    newest: Annotated[int | None, means("The version that the shelf has; null once the document was withdrawn.")]
    follows: Annotated[bool, means("Whether new versions arrive by themselves; else the team is asked.")]
    own: Annotated[bool, means("Whether the workspace made a version of its own; then nothing arrives by itself.")]
    asks: Annotated[bool, means("Whether the team is to say what becomes of a newer version.")]
    opened: Annotated[int, means("How many people of the client opened it.")]
    opened_at: Annotated[Moment | None, means("When one of them did last.")]
    unread: Annotated[int, means("How many people of the client it is for have not opened the current version.")]
    placed_by: NamedJson
    at: Moment
    url: str


class PlacedJson(TypedDict):
    """Where it is placed from now on."""

    items: list[PlacementJson]


def placement_json(place: Place) -> PlacementJson:
    placement = place.placement
    file, master = placement.file, placement.master
    return {
        "id": placement.id,
        "master": master.id,
        "file": file.id,
        "workspace": file.workspace.id,
        "folder": file.folder.id if file.folder else None,
        "version": placement.number,
        "newest": None if placement.withdrawn else master.version.number,
        "follows": placement.follows,
        "own": placement.is_own,
        "asks": placement.asks,
        "opened": place.opened,
        "opened_at": rfc3339(place.at) if place.at else None,
        "unread": place.unread,
        "placed_by": named(placement.placed_by),
        "at": rfc3339(placement.created_at),
        "url": file.path,
    }
