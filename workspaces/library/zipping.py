"""A folder as a ZIP that is made while it is sent: of any length it takes the same memory, and nothing of it is kept.

Who may read a file is asked when its turn comes, in a short transaction of its own: what was removed, or is no longer for them, since
they asked is left out, and a text in the ZIP names it. Of what they could never see, that text says no more than every ZIP's does.
"""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from flask import Response, request, send_file
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Refused
from portal.kernel.house import House
from portal.kernel.policy import allowed
from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.unit import house
from workspaces.library import actions
from workspaces.library.models import File, FileVersion
from workspaces.library.names import clean_name
from workspaces.library.policy import May
from workspaces.library.queries import Wanted, free_name
from workspaces.library.scanning import refuse_held

log = structlog.get_logger(__name__)
PIECE = 1 << 16  # bytes


def send(actor: Actor, title: str, wanted: list[Wanted]) -> Response:
    """These files as an attachment. Who may have them is asked again as each is sent."""
    packing = Packing(house(), actor.pk, actor.viewer is None, _said(actor, title, wanted))
    response = send_file(
        io.BytesIO(), mimetype="application/zip", as_attachment=True, download_name=clean_name(f"{title}.zip"), conditional=False
    )
    response.direct_passthrough = False
    response.response = [] if request.method == "HEAD" else packing.pieces(wanted)
    response.headers.pop("Content-Length", None)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@dataclass(frozen=True)
class Said:
    """The words of the text in the ZIP, in the language of who asked: when they are needed the request is over."""

    name: str
    lead: str
    left_out: str
    gone: str
    unreadable: str
    held: str


def _said(actor: Actor, title: str, wanted: list[Wanted]) -> Said:
    there = {each.path.split("/")[0].casefold() for each in wanted}
    return Said(
        free_name(clean_name(_("About this copy.txt")), there),
        _(
            "“%(title)s” as %(name)s could see it on %(day)s. What is for other people only is not in here.",
            title=title,
            name=actor.name,
            day=dated(now(), "d MMM y, HH:mm") + " UTC",
        ),
        _("Left out:"),
        _("removed, or no longer for you, since you asked"),
        _("could not be read at the moment"),
        _("held back by the virus check"),
    )


@dataclass
class Packing:
    """One ZIP on its way."""

    house: House
    person_pk: int
    counts: bool  # whether what is sent was opened by them
    said: Said
    sent: list[int] = field(default_factory=list)  # pks of versions
    missing: list[str] = field(default_factory=list)

    def pieces(self, wanted: list[Wanted]) -> Iterator[bytes]:
        """The ZIP. Where stored bytes cannot be read to their end OSError breaks it off: better no ZIP than one with half a file."""
        sink = Sink()
        try:
            with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for each in wanted:
                    yield from self._file(archive, sink, each)
                archive.writestr(_entry(self.said.name, now()), self._text())
            yield sink.taken()
        finally:
            self._note_opened()

    def _file(self, archive: zipfile.ZipFile, sink: "Sink", wanted: Wanted) -> Iterator[bytes]:
        version = self._now(wanted.file_pk)
        if version is None:
            self.missing.append(f"{wanted.path}: {self.said.gone}")
            return
        try:
            with self.house.db.reading() as session:
                refuse_held(self.house, session, version.sha256)
            file = self.house.storage.open(version.sha256)
        except Refused:
            self.missing.append(f"{wanted.path}: {self.said.held}")
            return
        except OSError as error:
            log.error("storage.missing", sha256=version.sha256, error=str(error))
            self.missing.append(f"{wanted.path}: {self.said.unreadable}")
            return
        with file, archive.open(_entry(wanted.path, version.created_at), "w", force_zip64=True) as entry:
            while piece := file.read(PIECE):
                entry.write(piece)
                if sink.size >= PIECE:
                    yield sink.taken()
        self.sent.append(version.pk)

    def _now(self, file_pk: int) -> Any:
        """What the file is now (pk, sha256, created_at of its version), if they may still read it."""
        with self.house.db.reading() as session:
            actor = Actor(session, session.get(Person, self.person_pk))
            found = allowed(actor, May.READ_FILE).join(FileVersion, FileVersion.pk == File.version_pk).where(File.pk == file_pk)
            return session.execute(found.with_only_columns(FileVersion.pk, FileVersion.sha256, FileVersion.created_at)).first()

    def _text(self) -> str:
        missing = ["", self.said.left_out, *(f"- {line}" for line in self.missing)] if self.missing else []
        return "\n".join([self.said.lead, *missing, ""])

    def _note_opened(self) -> None:
        """What arrived counts as opened, as a download does."""
        if not self.counts or not self.sent:
            return
        with contextlib.suppress(SQLAlchemyError, Refused), self.house.db.writing() as session:
            actor = Actor(session, session.get(Person, self.person_pk))
            for pk in self.sent:
                actions.note_view(actor, session.get_one(FileVersion, pk))


class Sink(io.RawIOBase):
    """Where zipfile writes to: keeps what was not fetched yet, and cannot go back."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, chunk: bytes) -> int:  # type: ignore[override]
        self._kept.append(bytes(chunk))
        self.size += len(chunk)
        return len(chunk)

    def taken(self) -> bytes:
        """What has come since the last time."""
        kept, self._kept, self.size = self._kept, [], 0
        return b"".join(kept)


def _entry(path: str, at: datetime) -> zipfile.ZipInfo:
    told = zipfile.ZipInfo(path, (max(at.year, 1980), *at.timetuple()[1:6]))
    told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return told
