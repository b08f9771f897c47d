"""Pieces of a file on its way in: written to the scratch folder by one at a time, and on the disk for good before they count."""

import base64
import binascii
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import ClientDisconnected

from portal.kernel.actor import the_system
from portal.kernel.errors import Busy, Damaged, Held, Misplaced, NotFound, TooLarge
from portal.kernel.house import House
from portal.kernel.locks import flock
from portal.kernel.words import gettext as _
from portal.web.receiving import PIECE
from workspaces.library import actions
from workspaces.library.hashing import HASHES
from workspaces.library.models import Upload
from workspaces.library.receiving import Received, named

PREFIX = "upload-"  # of files in the scratch folder
AT_ONCE = 1 << 18  # bytes
SILENCE = 30.0  # seconds without a byte after which a sender has gone
CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True)
class Taken:
    """How much of an upload there is now; `whole` once that is all of it."""

    received: int
    whole: Received | None = None


def place_of(house: House, id: str) -> Path:
    """Where the bytes of an upload lie until they are whole."""
    return house.settings.uploads_dir / f"{PREFIX}{id}"


def stands(house: House, upload: Upload) -> bool:
    """Whether it can be gone on with: after a restore from a backup the bytes of what was on its way are missing."""
    try:
        return place_of(house, upload.id).stat().st_size >= upload.received
    except FileNotFoundError:
        return upload.received == 0


def take_piece(house: House, request: Any) -> Taken:
    """Take the body of a PATCH as far as it comes; for `before=`. Raises Misplaced where it does not go on from what is here, Held
    where another does, TooLarge past the size that was told, Damaged by the checksum, Busy where it cannot be written."""
    if request.mimetype != PIECE:
        abort(415)
    begins, checksum = _number(request.headers.get("Upload-Offset")), _checksum(request.headers.get("Upload-Checksum"))
    upload = _read(house, request.view_args["upload"])
    if upload.file_pk is not None:
        if begins != upload.size or request.content_length:
            raise Misplaced
        return Taken(upload.size)
    with _held(place_of(house, upload.id)) as file:
        upload = _read(house, upload.id)  # as whoever held it before has left it
        if upload.file_pk is not None or not stands(house, upload):
            raise NotFound
        if begins != upload.received:
            raise Misplaced(_("%(n)s bytes are here: go on from there.", n=upload.received))
        if (request.content_length or 0) > upload.size - begins:
            raise TooLarge(_("This is more than the upload was to be."))
        digest = HASHES.of(upload.id, begins)
        received = begins + _append(file, begins, upload.size - begins, request, checksum, digest)
        if received == upload.size:
            sha256 = digest.hexdigest() if digest else ""
            return Taken(received, named(house.storage, upload.name, house.storage.adopt(place_of(house, upload.id), sha256)))
        with house.db.writing() as session:
            actions.note_received(the_system(session), session.get_one(Upload, upload.pk), received=received)
        HASHES.keep(upload.id, received, digest)
        return Taken(received)


def _read(house: House, id: str) -> Upload:
    with house.db.reading() as session:
        found = session.scalar(select(Upload).where(Upload.id == id).options(joinedload(Upload.file)))
        if found is None:
            raise NotFound  # ended meanwhile
        session.expunge_all()
        return found


@contextmanager
def _held(path: Path) -> Iterator[BinaryIO]:
    """The file, while nobody else writes it."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file, flock(file) as ours:
        if not ours:
            raise Held(_("Another connection is sending this file. Wait until it has ended."))
        yield file


def _append(file: BinaryIO, begins: int, most: int, request: Any, checksum: tuple[str, bytes] | None, hashed: Any) -> int:
    """How many bytes came, and are on the disk and in what is `hashed` where that is known. Who breaks off has sent what came, unless
    there is a checksum of all of it."""
    digest, taken, whole = hashlib.new(checksum[0]) if checksum else None, 0, True
    _wait_at_most(request, SILENCE)
    try:
        file.seek(begins)
        file.truncate()
        while True:
            try:
                piece = request.stream.read(AT_ONCE)
            except (ClientDisconnected, OSError):
                whole = False
                break
            if not piece:
                break
            taken += len(piece)
            if taken > most:
                raise TooLarge(_("This is more than the upload was to be."))
            file.write(piece)
            for each in (digest, hashed):
                if each is not None:
                    each.update(piece)
        file.flush()
        os.fsync(file.fileno())
    except OSError as error:
        raise Busy(_("This cannot be stored at the moment. Nothing was saved; try again soon.")) from error
    finally:
        _wait_at_most(request, None)
    if digest and checksum and (not whole or digest.digest() != checksum[1]):
        raise Damaged
    return taken


def _wait_at_most(request: Any, seconds: float | None) -> None:
    """A phone that lost its network says nothing more, and would hold its upload against itself."""
    if (wire := request.environ.get("gunicorn.socket")) is not None:
        wire.settimeout(seconds)


def _number(told: str | None) -> int:
    if told is None or not (told.isascii() and told.isdigit() and len(told) < 19):
        abort(400)
    return int(told)


def _checksum(told: str | None) -> tuple[str, bytes] | None:
    """(algorithm, digest) of `Upload-Checksum`."""
    if told is None:
        return None
    algorithm, _space, encoded = told.partition(" ")
    if algorithm not in CHECKSUMS:
        abort(400)
    try:
        return algorithm, base64.b64decode(encoded, validate=True)
    except binascii.Error:
        abort(400)
