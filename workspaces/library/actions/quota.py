"""How much room the files of a workspace may take, said by admins."""

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.events import record
from portal.kernel.words import filesize, kept, later
from workspaces.library.events import WORKSPACE_QUOTA
from workspaces.library.policy import May
from workspaces.rooms.models import Workspace


@action(May.SET_QUOTA)
def set_quota(actor: Actor, workspace: Workspace, *, quota: int | None) -> Workspace:
    """How many bytes its files may take from now on: 0 for any number, None for as many as the installation says. What is there stays."""
    if quota == workspace.quota:
        return workspace
    workspace.quota = quota
    words = later("as everywhere") if quota is None else kept(filesize, quota) if quota else later("without a limit")
    for account in workspace.accounts:
        facts = {"title": workspace.title, "now": words}
        record(
            actor,
            WORKSPACE_QUOTA,
            workspace,
            audience_pk=workspace.team_audience_pk,
            account=account,
            workspace_pk=workspace.pk,
            facts=facts,
        )
    return workspace
