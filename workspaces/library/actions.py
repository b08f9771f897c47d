"""What is done in the library: folders made, files added."""

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.events import record
from portal.kernel.words import gettext as _
from workspaces.library.events import FOLDER_MADE
from workspaces.library.models import Folder
from workspaces.rooms.actions import only_account, place_audiences
from workspaces.rooms.models import Group, Workspace
from workspaces.rooms.policy import May as Rooms


@action(Rooms.RUN_WORKSPACE)
def make_folder(
    actor: Actor, workspace: Workspace, *, name: str, parent: Folder | None = None, audience: str | Group = "everyone"
) -> Folder:
    """A folder for everyone, the staff, or a group. Raises Invalid where the name is taken beside it."""
    beside = Folder.parent_pk == parent.pk if parent else Folder.parent_pk.is_(None)
    taken = select(Folder.pk).where(Folder.workspace_pk == workspace.pk, beside, Folder.name == name, Folder.removed_at.is_(None))
    if actor.session.scalar(taken):
        raise Invalid(("name", _("There is a folder of this name already.")))
    shared, team = place_audiences(actor, workspace, audience)
    folder = Folder(
        workspace_pk=workspace.pk,
        parent_pk=parent.pk if parent else None,
        name=name,
        open_audience_pk=shared.pk,
        team_audience_pk=team.pk,
    )
    actor.session.add(folder)
    actor.session.flush()
    record(
        actor,
        FOLDER_MADE,
        folder,
        audience_pk=shared.pk,
        account=only_account(workspace),
        workspace_pk=workspace.pk,
        facts={"name": name},
    )
    return folder
