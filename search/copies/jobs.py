"""Copies are made by the worker, and forgotten a week later."""

import tempfile
import time
import zipfile
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel import ids
from portal.kernel.actor import Actor, the_system
from portal.kernel.blobs import holds
from portal.kernel.clock import now
from portal.kernel.copying import Scope
from portal.kernel.events import Event, record
from portal.kernel.house import House
from portal.kernel.outbox import on
from portal.kernel.periodic import every
from portal.kernel.policy import may
from portal.kernel.storage import Stored
from portal.kernel.words import speaking
from portal.notices.actions import tell
from portal.people.models import Person
from portal.people.queries import language_of
from search.copies.actions import LARGEST
from search.copies.assembling import PIECE, assemble
from search.copies.events import COPY_MADE
from search.copies.models import WorkspaceCopy
from search.copies.policy import May

KEPT = timedelta(days=7)
log = structlog.get_logger(__name__)

holds("copies of workspaces", select(WorkspaceCopy.sha256, WorkspaceCopy.size).where(WorkspaceCopy.sha256.is_not(None)))  # type: ignore[arg-type]
holds(
    "what copies of workspaces hold",
    select(WorkspaceCopy.told_sha256, WorkspaceCopy.told_size).where(WorkspaceCopy.told_sha256.is_not(None)),  # type: ignore[arg-type]
)


@on("copy.asked", topic="make copies", meaning="Copies of workspaces that people asked for")
def make(house: House, event_id: str) -> None:
    """Make one, for whom it was asked, of what they may read now. Where they may not come in any more, none is made."""
    with house.db.reading() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        copy = session.scalars(select(WorkspaceCopy).where(WorkspaceCopy.id == event.subject_id)).one()
        if copy.state != "making":
            return
        actor = Actor(session, session.get_one(Person, copy.person_pk))
        allowed = may(actor, May.READ_COPY, copy)
        with speaking(language_of(actor)):
            made = _made(house, actor, copy) if allowed else None
    with house.db.writing() as session:
        _finish(session, event_id, made)


def _made(house: House, actor: Actor, copy: WorkspaceCopy) -> tuple[Stored, Stored]:
    """The archive, and the list of what is in it; both are written as they are made, and never held whole."""
    scope = Scope(workspace=copy.workspace)
    with closing(house.storage.intake(2 * LARGEST)) as coming, tempfile.TemporaryFile(dir=house.settings.uploads_dir) as kept:
        archive = Archive(coming, ids.words(copy.workspace.title) or "copy")
        assemble(house, actor, scope, archive, told=kept.write, reader=actor.name)
        archive.close()
        kept.seek(0)
        listed = house.storage.put(iter(lambda: kept.read(PIECE), b""), LARGEST)
        return coming.settle(), listed


def _finish(session: Any, event_id: str, made: tuple[Stored, Stored] | None) -> None:
    event = session.scalars(select(Event).where(Event.id == event_id)).one()
    copy = session.scalars(select(WorkspaceCopy).where(WorkspaceCopy.id == event.subject_id)).one()
    if made is None:
        copy.failed_at = now()
        return
    archive, told = made
    copy.made_at, copy.expires_at = now(), now() + KEPT
    copy.sha256, copy.size, copy.told_sha256, copy.told_size = archive.sha256, archive.size, told.sha256, told.size
    ready = record(
        the_system(session),
        COPY_MADE,
        copy,
        audience_pk=copy.workspace.open_audience_pk,  # of whom it is for too: they are told of it
        account=session.get(Account, event.account_pk) if event.account_pk else None,
        workspace_pk=copy.workspace_pk,
        facts={"title": copy.workspace.title, "name": copy.person.name},
    )
    tell(session, ready, {copy.person_pk: "copy"}, thing=f"copy:{copy.id}")


class Archive:
    """A zip written straight into storage: nothing is read back, so any length takes the same memory."""

    def __init__(self, coming: Any, name: str) -> None:
        self.name, self._coming, self._named = name, coming, set[str]()
        self._zip = zipfile.ZipFile(self, "w", zipfile.ZIP_DEFLATED, compresslevel=4)

    def write(self, chunk: bytes) -> int:
        """For zipfile, which writes to us."""
        self._coming.write(bytes(chunk))
        return len(chunk)

    def flush(self) -> None:
        """For zipfile: the intake keeps nothing back."""

    def add(self, path: str, pieces: Iterable[bytes]) -> None:
        if path in self._named:
            return
        self._named.add(path)
        told = zipfile.ZipInfo(f"{self.name}/{path}", time.gmtime()[:6])
        told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        with self._zip.open(told, "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)

    def close(self) -> None:
        self._zip.close()


@every("23 * * * *", "copies.forget", "Forget copies of workspaces a week after they were made")
def forget_old(house: House) -> None:
    """Their bytes are named by nothing then, and the next sweep takes them."""
    with house.db.writing() as session:
        old = select(WorkspaceCopy).where(WorkspaceCopy.expires_at <= now(), WorkspaceCopy.sha256.is_not(None))
        for copy in session.scalars(old):
            copy.sha256 = copy.told_sha256 = None
