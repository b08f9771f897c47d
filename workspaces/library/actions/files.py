"""Files: added, given versions, renamed, pinned, removed, brought back, opened."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import Event, EventKind, record
from portal.kernel.words import gettext as _
from workspaces.library.events import (
    FILE_ADDED,
    FILE_ASKED,
    FILE_HELD,
    FILE_OPENED,
    FILE_REMOVED,
    FILE_RENAMED,
    FILE_RESTORED,
    FILE_UNASKED,
    VERSION_ADDED,
    VERSION_CURRENT,
)
from workspaces.library.models import KEPT, File, FileVersion, FileView, Folder, Scan
from workspaces.library.names import clean_name, numbered
from workspaces.library.policy import May
from workspaces.library.quotas import refuse_full
from workspaces.library.receiving import Received
from workspaces.rooms import actions as rooms
from workspaces.rooms.actions import account_of
from workspaces.rooms.models import Workspace

SAME_VISIT = timedelta(hours=1)  # opening a version again within this is one view


@action(May.ADD_FILE)
def add_file(actor: Actor, folder: Folder, *, received: Received, note: str = "", both: bool = False) -> File:
    """A file of a folder. One of the same name gets a new version, or with `both` the new one another name."""
    beside = actor.session.scalar(select(File).where(File.folder_pk == folder.pk, File.name == received.name, File.removed_at.is_(None)))
    if beside is not None and not both and beside.audience_pk == folder.open_audience_pk:
        add_version(actor, beside, received=received, note=note)
        return beside
    file = File(
        workspace_pk=folder.workspace_pk,
        account_pk=account_of(actor, folder.workspace),
        audience_pk=folder.open_audience_pk,
        folder_pk=folder.pk,
        name=free_name(actor, folder.pk, received.name),
    )
    return write_file(actor, file, received, note)


@action(May.ADD_VERSION)
def add_version(actor: Actor, file: File, *, received: Received, note: str = "") -> FileVersion:
    """What the file is from now on; what it was stays. Bytes equal to the present version's change nothing."""
    if file.version.sha256 == received.sha256:
        return file.version
    refuse_full(actor, file.workspace, name=file.name, size=received.size)
    return _write_version(actor, file, received, note, VERSION_ADDED)


@action(May.ADD_VERSION)
def make_current(actor: Actor, file: File, *, version: FileVersion) -> None:
    """Which of its versions the file is from now on. Every one stays, with its number."""
    if version.pk == file.version_pk:
        return
    file.version = version
    record_file(actor, VERSION_CURRENT, file, number=version.number, sha256=version.sha256, words=version.note or None)


@action(May.CHANGE_FILE)
def rename_file(actor: Actor, file: File, *, name: str) -> None:
    """Another name, made harmless first. Raises Invalid where it is taken in the folder."""
    name = clean_name(name)
    if name == file.name:
        return
    if file.folder_pk and free_name(actor, file.folder_pk, name) != name:
        raise Invalid(("name", _("There is a file of this name in the folder already.")))
    was, file.name = file.name, name
    record_file(actor, FILE_RENAMED, file, was=was)


@action(May.PIN_FILE)
def pin_file(actor: Actor, file: File, *, pinned: bool) -> None:
    """Put a file under "Start here" on the workspace's home, or take it away. Raises Invalid for a fifth."""
    if pinned != file.pinned:
        rooms.pin(actor, file.workspace, ("file", file.id), is_pinned=pinned)
        actor.session.expire(file, ["pinned"])


@action(May.PIN_FILE)
def ask_reading(actor: Actor, file: File, *, must_read: bool) -> None:
    """Ask everybody it is for to read it, or ask no longer. Who has not opened the current version is listed for the team."""
    if must_read != file.must_read:
        file.must_read = must_read
        record_file(actor, FILE_ASKED if must_read else FILE_UNASKED, file)


@action(May.REMOVE_FILE)
def remove_file(actor: Actor, file: File) -> None:
    """Take a file away; it rests 30 days."""
    file.removed_at, file.removed_by_pk = now(), actor.pk or None
    record_file(actor, FILE_REMOVED, file)


@action(May.RESTORE_FILE)
def restore_file(actor: Actor, file: File) -> None:
    """Bring a removed file back, under another name where its own was taken meanwhile."""
    if file.folder_pk:
        file.name = free_name(actor, file.folder_pk, file.name)
    file.removed_at = file.removed_by_pk = None
    record_file(actor, FILE_RESTORED, file)


@action(open="the scanner's word on what is stored")
def note_scan(actor: Actor, *, sha256: str, threat: str) -> None:
    """What the virus scanner said of these bytes. Where it found something the trail says so, of every file that they are."""
    actor.session.add(Scan(sha256=sha256, threat=threat))
    if threat:
        note_held(actor, sha256=sha256)


@action(open="what the scanner has said already of what is stored")
def note_held(actor: Actor, *, sha256: str) -> None:
    """The trail says of every version with these bytes that it is held back, of each once: the same ones may come again, by others."""
    session = actor.session
    for version in session.scalars(select(FileVersion).where(FileVersion.sha256 == sha256, KEPT).order_by(FileVersion.pk)).all():
        told = select(Event.facts).where(Event.kind == FILE_HELD.name, Event.subject_kind == "file", Event.subject_id == version.file.id)
        if not any(facts["number"] == version.number for facts in session.scalars(told)):
            record_file(actor, FILE_HELD, version.file, number=version.number)


@action(May.READ_VERSION)
def note_view(actor: Actor, version: FileVersion) -> None:
    """Remember that the actor opened this version; once an hour. The trail tells of a client's first time, and the team alone."""
    if opened_lately(actor, version):
        return
    first = (
        actor.session.scalar(select(FileView.pk).where(FileView.version_pk == version.pk, FileView.person_pk == actor.pk).limit(1)) is None
    )
    actor.session.add(FileView(version_pk=version.pk, person_pk=actor.pk))
    if first and not actor.is_staff:
        _record_opened(actor, version)


def opened_lately(actor: Actor, version: FileVersion) -> bool:
    seen = select(FileView.pk).where(
        FileView.version_pk == version.pk, FileView.person_pk == actor.pk, FileView.created_at > now() - SAME_VISIT
    )
    return actor.session.scalar(seen.limit(1)) is not None


def write_file(actor: Actor, file: File, received: Received, note: str = "", at: datetime | None = None) -> File:
    """Add a prepared row with its first version; for actions that have found this to be right. `at` is when it came (now): what is
    brought in with the time that it had is brought by an admin, and comes also where there is no room."""
    if at is None:
        refuse_full(actor, actor.session.get_one(Workspace, file.workspace_pk), name=file.name, size=received.size)
    file.uploaded_by_pk = actor.pk
    actor.session.add(file)
    actor.session.flush()
    _write_version(actor, file, received, note, FILE_ADDED, at)
    return file


def free_name(actor: Actor, folder_pk: int, name: str) -> str:
    """The name, or with a number where another file of the folder has it."""
    tried, n = name, 1
    while actor.session.scalar(select(File.pk).where(File.folder_pk == folder_pk, File.name == tried, File.removed_at.is_(None))):
        n += 1
        tried = numbered(name, n)
    return tried


def record_file(actor: Actor, of: EventKind, file: File, *, words: str | None = None, at: datetime | None = None, **facts: Any) -> None:
    """The event of a change to a file, for the audience it has now."""
    record(
        actor,
        of,
        file,
        audience_pk=file.audience_pk,
        account=actor.session.get(Account, file.account_pk) if file.account_pk else None,
        workspace_pk=file.workspace_pk,
        facts={"name": file.name, **facts},
        words=words,
        at=at,
    )


def _record_opened(actor: Actor, version: FileVersion) -> None:
    file = version.file
    record(
        actor,
        FILE_OPENED,
        file,
        audience_pk=file.folder.team_audience_pk if file.folder else file.post.topic.team_audience_pk if file.post else file.audience_pk,
        account=actor.session.get(Account, file.account_pk) if file.account_pk else None,
        workspace_pk=file.workspace_pk,
        facts={"name": file.name, "version": version.number},
    )


def _write_version(actor: Actor, file: File, received: Received, note: str, of: EventKind, at: datetime | None = None) -> FileVersion:
    session = actor.session
    last = session.scalar(select(func.max(FileVersion.number)).where(FileVersion.file_pk == file.pk)) or 0
    version = FileVersion(
        file_pk=file.pk,
        number=last + 1,
        sha256=received.sha256,
        size=received.size,
        mime=received.mime,
        note=note,
        by_pk=actor.pk,
        created_at=at or now(),
    )
    session.add(version)
    session.flush()
    file.version = version
    record_file(actor, of, file, number=version.number, sha256=version.sha256, words=note or None, at=at)
    session.expire(file, ["versions"])
    return version
