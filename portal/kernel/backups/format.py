"""What a backup file is: a plain tar, in this order and nothing else.

manifest.json      what is in it: revision, counts, sizes, the SHA-256 of each member below but the last kind
manifest.sha256    of the line above
mainstay.db        an SQLite database, whichever database it was taken from
erasures.jsonl     what was erased or taken away by then (portal/kernel/erasing.py)
blobs.txt          SHA-256 and size of each of the following, a line each, sorted
blobs/SHA-256      the bytes
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST, SEAL, DATABASE, ERASURES, LIST, BLOBS = "manifest.json", "manifest.sha256", "mainstay.db", "erasures.jsonl", "blobs.txt", "blobs/"
PIECE = 1 << 20  # bytes held in memory at a time
LONGEST = 1 << 20  # bytes of a manifest


class Unusable(Exception):
    """A backup cannot be made or used; the one line says why and what to do."""


class Damaged(Unusable):
    """A backup's member is not what the manifest says; the line names the first one."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    version: str  # of the program that made it
    revision: str  # of the database
    made_at: str  # RFC 3339: everything acknowledged before is in it
    source: str  # sqlite or postgresql: where the database was taken from
    members: dict[str, dict[str, Any]]  # name -> {"size", "sha256"}
    rows: dict[str, int]  # table -> how many
    blobs: int
    blob_bytes: int
    damaged: list[str] = field(default_factory=list)  # what the rows name and storage could not give when the backup was made

    def encoded(self) -> bytes:
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()


def decoded(raw: bytes) -> Manifest:
    """The manifest of its bytes. Raises Damaged; Unusable for the format of a newer program."""
    try:
        told = json.loads(raw)
        version = int(told["format"])
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"{MANIFEST} cannot be read: {error}") from error
    if version > FORMAT:
        raise Unusable(f"The backup was made by a newer Mainstay ({told.get('version', 'unknown')}). Restore it with that program.")
    try:
        return Manifest(**{name: told[name] for name in (each.name for each in fields(Manifest))})
    except KeyError as error:
        raise Damaged(f"{MANIFEST} says nothing of {error}") from error


def listed(path: Path) -> Iterator[tuple[str, int]]:
    """(SHA-256, size) of each blob, from the list."""
    with path.open() as lines:
        for line in lines:
            sha256, size = line.split()
            yield sha256, int(size)


def digest_of(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return {"size": path.stat().st_size, "sha256": digest.hexdigest()}


def is_database(path: Path) -> bool:
    """Whether a file is a copy of an SQLite database: what people take for a backup."""
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def opened(path: Path) -> tarfile.TarFile:
    """A backup to be read from its beginning to its end. Raises Unusable for what is none, and says what it is instead."""
    try:
        if is_database(path):
            raise Unusable(
                f"{path} is a copy of the database file alone, which is no backup: the files are not in it, and a copy of a file that is "
                "being written may be torn. Make one with: mainstay backup FILE"
            )
        return tarfile.open(path, "r|", bufsize=PIECE)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from error
    except tarfile.TarError as error:
        raise Unusable(f"{path} is not a backup. Make one with: mainstay backup FILE") from error


def member(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    """The next member; None at the end. tarfile remembers each one it saw: forgetting them keeps the memory constant."""
    tar.members.clear()  # type: ignore[attr-defined]
    try:
        return tar.next()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Damaged(f"the file is cut off or altered: {error}") from error


def force(path: Path) -> None:
    """Have a file or folder on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
