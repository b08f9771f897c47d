"""Another audience for a folder. Folders inside it have audiences of their own and stay for whom they are."""

from sqlalchemy import select, update

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.content import note_recorded
from portal.kernel.events import KINDS, Event, record
from workspaces.library.events import FOLDER_AUDIENCE
from workspaces.library.models import File, Folder
from workspaces.library.policy import May
from workspaces.rooms.actions import WantedAudience, for_whom, only_account, set_audience
from workspaces.rooms.queries.readers import Difference


@action(May.CHANGE_FOLDER)
def change_folder_audience(actor: Actor, folder: Folder, *, audience: WantedAudience, from_now_on: bool = False) -> Difference | None:
    """Whom a folder is for: with `from_now_on` only for files that are added after this. Raises Invalid as set_audience does.

    The difference it makes; None where it is for them already.
    """
    told = set_audience(
        actor, folder, folder.workspace, audience, from_now_on=from_now_on, restamp=lambda old: _restamp(actor, folder, old)
    )
    if told is not None:
        facts = {"name": folder.name, "from_now_on": from_now_on} | for_whom(audience)
        account, workspace_pk = only_account(folder.workspace), folder.workspace_pk
        record(actor, FOLDER_AUDIENCE, folder, audience_pk=folder.team_audience_pk, account=account, workspace_pk=workspace_pk, facts=facts)
    return told


def _restamp(actor: Actor, folder: Folder, old: int) -> None:
    """What was added under that audience follows the folder; removed files too: they may come back."""
    files = list(actor.session.scalars(select(File).where(File.folder_pk == folder.pk, File.audience_pk == old).order_by(File.pk)))
    for file in files:
        file.audience_pk = folder.open_audience_pk
        note_recorded(actor.session, file)  # the folder's event tells of them all
    ours = [name for name, of in KINDS.items() if of.ours]  # for the team alone, wherever the file goes
    for start in range(0, len(files), 500):
        ids = [file.id for file in files[start : start + 500]]
        of_these = Event.subject_kind == "file", Event.subject_id.in_(ids), Event.kind.not_in(ours)
        actor.session.execute(update(Event).where(*of_these).values(audience_pk=folder.open_audience_pk))
