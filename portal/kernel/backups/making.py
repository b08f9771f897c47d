"""Making a backup while people work: first the database as it is at one moment, then the bytes that it names, which never change.

Nobody removes stored bytes meanwhile (portal.kernel.blobs.staying), so whatever the database names can still be copied. The search
index is left out: it is rebuilt, and opening one that somebody else may have written would run what is in it.
"""

import hashlib
import io
import os
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.kernel import blobs, erasing, migrations
from portal.kernel.backups import copying
from portal.kernel.backups.format import (
    BLOBS,
    DATABASE,
    ERASURES,
    FORMAT,
    LIST,
    MANIFEST,
    PIECE,
    SEAL,
    Manifest,
    Unusable,
    digest_of,
    force,
    listed,
)
from portal.kernel.clock import now, rfc3339
from portal.kernel.house import House
from portal.kernel.storage import Storage

SCRATCH = ".mainstay-backup-"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Made:
    """A backup that is durable under its name."""

    file: Path
    size: int
    sha256: str
    manifest: Manifest
    seconds: float


def make(house: House, file: Path) -> Made:
    """Write a backup to `file`, which must not exist. Raises Unusable, and then leaves nothing behind."""
    began = time.monotonic()
    file = file.absolute()
    if file.exists():
        raise Unusable(f"{file} exists already; a backup never overwrites anything.")
    with _in_words(file), _scratch(file.parent) as scratch, blobs.staying(house):
        manifest = _gather(house, scratch)
        whole = scratch / "whole.tar"
        size, sha256 = _pack(house.storage, manifest, scratch, whole)
        os.rename(whole, file)
        force(file.parent)
    made = Made(file, size, sha256, manifest, time.monotonic() - began)
    log.info("backup.made", file=str(file), bytes=size, seconds=round(made.seconds, 1), damaged=len(manifest.damaged))
    return made


def _gather(house: House, scratch: Path) -> Manifest:
    """Everything but the bytes, in a folder of its own, and what there is to say about it."""
    made_at = rfc3339(now())
    copying.take(house.db, scratch / DATABASE)
    copied = copying.reading(scratch / DATABASE)
    (scratch / ERASURES).write_bytes(erasing.kept(house.settings))
    count, size, damaged = _list_blobs(house.storage, copied, scratch / LIST)
    return Manifest(
        format=FORMAT,
        version=version("mainstay"),
        revision=str(migrations.revision_of(copied)),
        made_at=made_at,
        source=house.db.engine.dialect.name,
        members={name: digest_of(scratch / name) for name in (DATABASE, ERASURES, LIST)},
        rows=copying.counted(scratch / DATABASE),
        blobs=count,
        blob_bytes=size,
        damaged=damaged,
    )


def _list_blobs(storage: Storage, copied: Engine, target: Path) -> tuple[int, int, list[str]]:
    """Write the list of the bytes that the copied database names; each is read once, and what is not whole is told apart."""
    count, total, last = 0, 0, ""
    damaged: list[str] = []
    with Session(copied) as session, target.open("w") as lines:
        for sha256, size in blobs.named(session):
            if sha256 == last:
                continue
            last = sha256
            if _is_whole(storage, sha256, size):
                lines.write(f"{sha256} {size}\n")
                count, total = count + 1, total + size
            else:
                damaged.append(sha256)
    return count, total, damaged


def _is_whole(storage: Storage, sha256: str, size: int) -> bool:
    try:
        with storage.open(sha256) as file:
            reader = _Hashed(file)
            while reader.read(PIECE):
                pass
    except OSError:
        return False
    return (reader.hexdigest(), reader.count) == (sha256, size)


def _pack(storage: Storage, manifest: Manifest, scratch: Path, whole: Path) -> tuple[int, str]:
    """The tar, durable; its size and SHA-256."""
    said = manifest.encoded()
    with whole.open("xb") as file:
        os.chmod(whole, 0o600)
        out = _Hashing(file)
        with tarfile.open(fileobj=out, mode="w|", bufsize=PIECE) as tar:  # type: ignore[call-overload]
            for name, told in ((MANIFEST, said), (SEAL, f"{hashlib.sha256(said).hexdigest()}\n".encode())):
                _add(tar, name, len(told), io.BytesIO(told))
            for name in (DATABASE, ERASURES, LIST):
                with (scratch / name).open("rb") as part:
                    _add(tar, name, manifest.members[name]["size"], part)
            for sha256, size in listed(scratch / LIST):
                _add_blob(tar, storage, sha256, size)
        file.flush()
        os.fsync(file.fileno())
    return out.count, out.hexdigest()


def _add_blob(tar: tarfile.TarFile, storage: Storage, sha256: str, size: int) -> None:
    with storage.open(sha256) as file:
        reader = _Hashed(file)
        _add(tar, BLOBS + sha256, size, reader)
    if reader.hexdigest() != sha256:
        raise Unusable(f"The bytes {sha256} were altered while they were copied: look at the disk.")


def _add(tar: tarfile.TarFile, name: str, size: int, source: object) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode, about.mtime = size, 0o600, int(time.time())
    tar.addfile(about, source)  # type: ignore[arg-type]
    tar.members.clear()  # type: ignore[attr-defined]  # tarfile remembers each member


class _Hashed:
    """Reads, and knows the SHA-256 of what was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest, self.count = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece = bytes(self._file.read(size))
        self._digest.update(piece)
        self.count += len(piece)
        return piece

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class _Hashing:
    """Writes, and knows the SHA-256 of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest, self.count = file, hashlib.sha256(), 0

    def write(self, piece: bytes) -> int:
        self._file.write(piece)
        self._digest.update(piece)
        self.count += len(piece)
        return len(piece)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder beside the backup, so that the last step is a rename; gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _in_words(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError, OperationalError) as error:
        raise Unusable(f"The backup could not be written to {file}: {error}. Nothing was left there.") from error
