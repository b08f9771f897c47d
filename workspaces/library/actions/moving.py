"""A file goes to another folder, and with it to that folder's people."""

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.errors import Invalid
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.people.models import Person
from workspaces.library.actions.files import free_name, record_file
from workspaces.library.events import FILE_MOVED
from workspaces.library.models import File, Folder
from workspaces.library.policy import May


@action(May.CHANGE_FILE)
def move_file(actor: Actor, file: File, *, folder: Folder, confirmed: bool = False) -> None:
    """Put a file into another folder of its workspace, for that folder's people.

    Raises Invalid at `folder` for a place it cannot go to, at `confirm` where more people would see it and nobody said so.
    """
    require(actor, May.ADD_FILE, folder)
    if file.folder_pk is None:
        raise Invalid(("folder", _("This is attached to a message and stays with it.")))
    if folder.workspace_pk != file.workspace_pk:
        raise Invalid(("folder", _("Choose a folder of the same workspace.")))
    if folder.pk == file.folder_pk:
        return
    gains = gains_by_moving(actor, file, folder)
    if gains and not confirmed:
        raise Invalid(("confirm", words_for(gains)))
    file.name = free_name(actor, folder.pk, file.name)
    file.folder_pk, file.audience_pk = folder.pk, folder.open_audience_pk
    record_file(actor, FILE_MOVED, file, place=folder.name)


def gains_by_moving(actor: Actor, file: File, folder: Folder) -> list[str]:
    """The names of those who could see the file there and cannot now."""
    if folder.open_audience_pk == file.audience_pk:
        return []
    session = actor.session
    more = people_in(session, folder.open_audience_pk) - people_in(session, file.audience_pk)
    return list(session.scalars(select(Person.name).where(Person.pk.in_(more)).order_by(Person.is_staff, Person.name)))


def words_for(gains: list[str]) -> str:
    """What the move would mean, in one sentence."""
    shown = ", ".join(gains[:3])
    if len(gains) <= 3:
        return ngettext(
            "One more person could see it there: %(who)s.", "%(num)d more people could see it there: %(who)s.", len(gains), who=shown
        )
    return _("%(n)s more people could see it there: %(who)s and %(rest)s others.", n=len(gains), who=shown, rest=len(gains) - 3)
