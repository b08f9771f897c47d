"""How an event, a hit or a citation finds a workspace."""

from portal.kernel.sources import Source, source
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May

source(
    Source(
        "workspace",
        Workspace,
        May.READ_WORKSPACE,
        url=lambda workspace: workspace.path,
        title=lambda workspace: workspace.title,
        excerpt=lambda workspace: workspace.purpose,
    )
)
