"""Bytes on their way out: as a download, or inline for the few kinds of picture that no browser runs."""

import contextlib
import io
from datetime import datetime
from typing import Any, BinaryIO

import structlog
from flask import Response, request, send_file
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper, wrap_file

from portal.kernel.actor import Actor
from portal.kernel.errors import Busy, NotFound, Refused
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.web.unit import house
from workspaces.forums.models import DraftFile
from workspaces.library import actions, bare
from workspaces.library.content_types import PICTURES
from workspaces.library.models import FileVersion
from workspaces.library.scanning import refuse_held

log = structlog.get_logger(__name__)
BLOBS = "/-/blobs/"  # where nginx has the blobs, for itself alone: docs/deploy/nginx.conf
AT_ONCE = 1 << 18  # bytes
LARGEST_PICTURE = 30 * 10**6  # bytes; larger ones are only downloaded


def picture(version: FileVersion | DraftFile) -> bool:
    """Whether a version, or what was picked for a draft, can be looked at on a page."""
    return version.mime in PICTURES and version.size <= LARGEST_PICTURE


def download(actor: Actor, version: FileVersion) -> Response:
    """The bytes as an attachment, by ranges and only if changed; remembers who opened it."""
    return remembering(actor, version, _sent(actor, version, inline=False))


def preview(actor: Actor, version: FileVersion, *, opened: bool) -> Response:
    """A picture inline. Raises NotFound for everything else."""
    if not picture(version):
        raise NotFound
    refuse_held(house(), actor.session, version.sha256)
    response = _bare(version.sha256, version.mime, version.file.name, version.size, version.created_at)
    return remembering(actor, version, response) if opened else response


def picked(file: DraftFile) -> Response:
    """Likewise of what is not sent yet."""
    if not picture(file):
        raise NotFound
    return _bare(file.sha256, file.mime, file.name, file.size, file.created_at)


def _bare(sha256: str, mime: str, name: str, size: int, at: datetime) -> Response:
    """A picture without what was written beside the image; whoever downloads it has the whole."""
    with _opened(sha256) as file:
        found = bare.parts(file, mime, size)
        without = None if found == [(0, size)] else b"".join(bare.read(file, found))
    return sent(sha256=sha256, mime=mime, name=name, size=size, at=at, inline=True, without=without)


def kept(actor: Actor, file: Any) -> Response:
    """What came with a message that waits: a picture to look at, all else as a download; no more than of a file that is here already."""
    refuse_held(house(), actor.session, file.sha256)
    if picture(file):
        return _bare(file.sha256, file.mime, file.name, file.size, file.created_at)
    return sent(sha256=file.sha256, mime=file.mime, name=file.name, size=file.size, at=file.created_at, inline=False)


def playing(actor: Actor, version: FileVersion) -> Response:
    """Sound or film for a player of the page, by ranges."""
    return remembering(actor, version, _sent(actor, version, inline=True))


def _sent(actor: Actor, version: FileVersion, *, inline: bool) -> Response:
    refuse_held(house(), actor.session, version.sha256)
    return sent(sha256=version.sha256, mime=version.mime, name=version.file.name, size=version.size, at=version.created_at, inline=inline)


def sent(*, sha256: str, mime: str, name: str, size: int, at: datetime, inline: bool, without: bytes | None = None) -> Response:
    """Stored bytes under a name, or what is left of them. Who may have them has been asked."""
    file = _opened(sha256) if without is None else io.BytesIO(without)
    by_proxy = house().settings.x_accel and without is None
    if by_proxy:
        file.close()
    response = send_file(
        io.BytesIO() if by_proxy else file,
        mimetype=mime,
        as_attachment=not inline,
        download_name=name,
        etag=sha256 if without is None else f"{sha256}-bare",
        last_modified=at,
        conditional=False,
    )
    if by_proxy:
        _leave_to_proxy(response, sha256)
    else:
        # send_file takes 8 KB at a time. A range is sought for by werkzeug's wrapper, a whole file the server's may leave to the kernel.
        response.response = FileWrapper(file, AT_ONCE) if request.range else wrap_file(request.environ, file, AT_ONCE)
        _send_by_ranges(response, file, size if without is None else len(without))
    # Whatever a browser makes of it, it makes it alone: no scripts, no origin, nothing loaded.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _opened(sha256: str) -> BinaryIO:
    try:
        return house().storage.open(sha256)
    except OSError as error:
        log.error("storage.missing", sha256=sha256, error=str(error))
        raise Busy(_("This file cannot be read at the moment.")) from error


def _send_by_ranges(response: Response, file: BinaryIO, size: int) -> None:
    response.content_length = size
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise


def _leave_to_proxy(response: Response, sha256: str) -> None:
    """Name the file and send none of it: nginx does, by ranges too. Whether it has changed is still said here."""
    response.direct_passthrough = False
    response.set_data(b"")
    response.make_conditional(request)
    if response.status_code == 200:
        response.headers["X-Accel-Redirect"] = f"{BLOBS}{sha256[:2]}/{sha256}"


def remembering(actor: Actor, version: FileVersion, response: Response) -> Response:
    """A GET changes nothing that anybody waits for: the view is noted in its own short transaction once the answer is out."""
    told = request.range
    whole = told is None or not told.ranges or told.ranges[0][0] == 0
    if (
        actor.viewer is None
        and request.method == "GET"
        and response.status_code in (200, 206)
        and whole
        and not actions.opened_lately(actor, version)
    ):
        there, person_pk, version_pk = house(), actor.pk, version.pk
        response.direct_passthrough = False  # a response passed through is never told that it was closed
        response.call_on_close(lambda: _note(there, person_pk, version_pk))
    return response


def _note(there: House, person_pk: int, version_pk: int) -> None:
    with contextlib.suppress(SQLAlchemyError, Refused), there.db.writing() as session:
        person: Any = session.get(Person, person_pk)
        version = session.get(FileVersion, version_pk)
        if person is not None and version is not None:
            actions.note_view(Actor(session, person), version)
