"""What stands under "Start here" on a workspace's home."""

from typing import Annotated

from flask import Response
from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.shapes import one_of
from portal.web.api import answer, body
from portal.web.described import described
from portal.web.endpoint import guarded
from workspaces.rooms import actions
from workspaces.rooms.api.resource import api
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries.start import start_here
from workspaces.rooms.schemas import ArrangedStart


class PinnedJson(TypedDict):
    """A discussion, a file or the plan under Start here."""

    kind: Annotated[str, one_of("topic", "file", "plan")]
    id: str
    title: str
    url: str


class StartHereJson(TypedDict):
    """What stands under Start here, as far as the caller may see it."""

    items: list[PinnedJson]


@api.get("/workspaces/<workspace>/start-here")
@described("What stands under Start here, in order", gives=StartHereJson)
@guarded(workspace=May.READ_WORKSPACE)
def show_start(actor: Actor, workspace: Workspace) -> Response:
    return answer(_shown(actor, workspace))


@api.put("/workspaces/<workspace>/start-here")
@described("Choose what stands there, and in which order", takes=ArrangedStart, gives=StartHereJson)
@guarded(workspace=May.RUN_WORKSPACE)
def change_start(actor: Actor, workspace: Workspace) -> Response:
    actions.arrange_start(actor, workspace, things=[(each.kind, each.id) for each in body(ArrangedStart).items])
    return answer(_shown(actor, workspace))


def _shown(actor: Actor, workspace: Workspace) -> StartHereJson:
    found = start_here(actor, workspace)
    return {"items": [{"kind": each.kind, "id": each.id, "title": each.title, "url": each.url} for each in found]}
