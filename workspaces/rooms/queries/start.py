"""What stands under "Start here" on a workspace's home, as far as the reader may see it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.prepared import prepared
from portal.kernel.sources import cite
from portal.kernel.words import gettext as _
from workspaces.rooms.models import PLAN, Pin, Workspace

ICONS = {"topic": "discussions", "file": "file", PLAN: "list"}


@dataclass(frozen=True)
class Pinned:
    """One thing under "Start here"."""

    kind: str
    id: str
    title: str
    url: str

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def words(self) -> str:
        return {"topic": _("Discussion"), "file": _("File"), PLAN: _("What we agreed to do")}[self.kind]


def start_here(actor: Actor, workspace: Workspace) -> list[Pinned]:
    """In the order that was chosen; what was removed, or is for others, is not there."""
    rows: Any = _pins(actor, workspace=workspace.pk).all()
    cited = cite(actor, [(kind, id) for kind, id in rows if kind != PLAN])
    found = []
    for kind, id in rows:
        if kind == PLAN:
            found.append(Pinned(kind, id, _("Plan"), f"{workspace.path}plan"))
        elif (citation := cited.get((kind, id))) is not None:
            found.append(Pinned(kind, id, citation.title, citation.url))
    return found


def is_pinned(actor: Actor, workspace: Workspace, kind: str, id: str) -> bool:
    return any((row.kind, row.thing) == (kind, id) for row in _pins(actor, workspace=workspace.pk))


@prepared
def _pins(actor: Actor, *, workspace: Any) -> Any:
    return select(Pin.kind, Pin.thing).where(Pin.workspace_pk == workspace).order_by(Pin.position)
