"""What was removed and rested its time is forgotten: its name and its history stay, its bytes are named by nobody any more."""

from sqlalchemy import or_, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from workspaces.library.actions.files import record_file
from workspaces.library.events import FILE_FORGOTTEN
from workspaces.library.models import File, Folder
from workspaces.library.policy import RESTS

AT_A_TIME = 200  # files in a transaction


@action(open="what nobody may bring back any more is nobody's")
def forget_removed(actor: Actor) -> int:
    """Forget files that were removed, by themselves or with their folder, longer ago than they rest; how many of at most so many."""
    over = now() - RESTS
    gone = or_(File.removed_at < over, Folder.removed_at < over)
    found = select(File).outerjoin(Folder, Folder.pk == File.folder_pk).where(File.version_pk.is_not(None), gone)
    files = list(actor.session.scalars(found.order_by(File.pk).limit(AT_A_TIME)))
    for file in files:
        file.version_pk = None
        record_file(actor, FILE_FORGOTTEN, file)
    return len(files)
