"""What was removed and can still be brought back."""

from datetime import datetime

from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.policy import allowed
from workspaces.library.models import File, Folder
from workspaces.library.policy import RESTS, May
from workspaces.library.queries.listing import PAGE, shown
from workspaces.rooms.models import Workspace


def removed_in(actor: Actor, workspace: Workspace) -> tuple[list[Folder], list[File]]:
    """What was removed within 30 days and the actor may bring back, latest first."""
    folders = allowed(actor, May.RESTORE_FOLDER).where(Folder.workspace_pk == workspace.pk).order_by(Folder.removed_at.desc(), Folder.pk)
    gone = list(actor.session.scalars(folders.options(joinedload(Folder.workspace)).limit(PAGE)))
    pks = {each.pk for each in gone}
    files = shown(allowed(actor, May.RESTORE_FILE).where(File.workspace_pk == workspace.pk)).order_by(File.removed_at.desc(), File.pk)
    return [each for each in gone if each.parent_pk not in pks], list(actor.session.scalars(files.limit(PAGE)))


def days_left(removed_at: datetime) -> int:
    """Whole days until what was removed then is forgotten."""
    return max((removed_at + RESTS - now()).days, 0)
