"""Uploads by pieces: begun, gone on with, made a file of, ended."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooLarge
from portal.kernel.policy import fetch
from portal.kernel.words import gettext as _
from workspaces.library.actions.files import add_file, add_version
from workspaces.library.models import File, Folder, Upload
from workspaces.library.names import clean_name
from workspaces.library.policy import May
from workspaces.library.quotas import refuse_full
from workspaces.library.receiving import Received
from workspaces.library.schemas import Uploading

RESTS = timedelta(hours=24)  # an upload that nobody goes on with
MOST_OPEN = 100  # of a person at a time


@action(open="the folder or file it is for is fetched with the verb that it needs")
def begin_upload(actor: Actor, *, told: Uploading, size: int) -> Upload:
    """Room for a file of `size` bytes. Raises Invalid, NotFound and Forbidden for where it is to go, TooLarge for too many at a
    time and where there is no room."""
    if bool(told.folder) == bool(told.file):
        raise Invalid(("folder", _("Say which folder it goes into, or which file gets a new version.")))
    if told.folder and not told.filename:
        raise Invalid(("filename", _("Give it a name.")))
    folder: Folder | None = fetch(actor, May.ADD_FILE, told.folder) if told.folder else None
    of: File | None = fetch(actor, May.ADD_VERSION, told.file) if told.file else None
    under_way = select(func.count()).where(Upload.person_pk == actor.pk, Upload.file_pk.is_(None), Upload.expires_at > now())
    if (actor.session.scalar(under_way) or 0) >= MOST_OPEN:
        raise TooLarge(_("You have %(n)s uploads under way. End some of them first.", n=MOST_OPEN))
    name = clean_name(told.filename) if told.filename else of.name if of else ""
    refuse_full(actor, (folder or of).workspace, name=name, size=size, begins=True)  # type: ignore[union-attr]
    upload = Upload(
        person_pk=actor.pk,
        folder=folder,
        of=of,
        name=name,
        note=told.note,
        both=told.same == "both",
        size=size,
        received=0,
        expires_at=now() + RESTS,
    )
    actor.session.add(upload)
    actor.session.flush()
    return upload


@action(open="who sends the piece was found to be who began it")
def note_received(actor: Actor, upload: Upload, *, received: int) -> None:
    """So many bytes are on the disk for good."""
    upload.received, upload.expires_at = received, now() + RESTS


@action(May.CONTINUE_UPLOAD)
def finish_upload(actor: Actor, upload: Upload, *, received: Received) -> File:
    """The file that it was for. Raises Forbidden and NotFound where its place is no longer the actor's to add to."""
    if upload.file is not None:
        return upload.file  # another connection was faster with the same
    if upload.of_pk:
        file: File = fetch(actor, May.ADD_VERSION, upload.of.id if upload.of else "")
        add_version(actor, file, received=received, note=upload.note)
    else:
        folder: Folder = fetch(actor, May.ADD_FILE, upload.folder.id if upload.folder else "")
        file = add_file(actor, folder, received=received, note=upload.note, both=upload.both)
    upload.received, upload.file = upload.size, file
    return file


@action(May.CONTINUE_UPLOAD)
def end_upload(actor: Actor, upload: Upload) -> None:
    """Forget it; what came of it so far goes with the next sweep at the latest."""
    actor.session.delete(upload)


@action(open="what ran out is nobody's any more")
def forget_uploads(actor: Actor) -> None:
    """All that nobody went on with."""
    actor.session.execute(delete(Upload).where(Upload.expires_at < now()))
