"""How an event, a hit or a citation finds a folder or a file, and the words that their events' digests were made of."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.kernel.sources import Source, source
from workspaces.library.models import File, FileVersion, Folder
from workspaces.library.policy import May


def _said(session: Session, event: Any) -> str | None:
    """The note of the version that an event is about."""
    number = (event.facts or {}).get("number")
    found = select(FileVersion.note).join(File, File.pk == FileVersion.file_pk)
    return session.scalar(found.where(File.id == event.subject_id, FileVersion.number == number)) if number else None


source(
    Source(
        "folder",
        Folder,
        May.READ_FOLDER,
        url=lambda folder: folder.path,
        title=lambda folder: folder.name,
        options=lambda: (joinedload(Folder.workspace),),
    )
)
source(
    Source(
        "file",
        File,
        May.READ_FILE,
        url=lambda file: file.path,
        title=lambda file: file.name,
        excerpt=lambda file: file.version.note if file.version else "",
        options=lambda: (joinedload(File.workspace), joinedload(File.version)),
        words=_said,
    )
)
