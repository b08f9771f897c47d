"""Storage of bytes by their SHA-256: immutable, written once, durable before it is named in a row."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from portal.kernel.errors import Busy, TooLarge
from portal.kernel.words import gettext as _

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Stored:
    """Bytes that are durable: their SHA-256 in hex and size in bytes; `head` is the first 4 KiB, to tell the type."""

    sha256: str
    size: int
    head: bytes


class Storage(Protocol):
    """Where bytes live. A directory, or (scaled) an S3 bucket."""

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        """Store a stream. Raises TooLarge past `limit` bytes, Busy where it cannot be written; then nothing stays."""

    def path(self, sha256: str) -> Path:
        """The file that holds these bytes. Raises FileNotFoundError."""

    def open(self, sha256: str) -> BinaryIO: ...

    def names(self) -> Iterable[str]:
        """The SHA-256 of everything stored."""

    def remove(self, sha256: str) -> None: ...


class Directory:
    """Blobs as files two folders deep: temporary file, fsync, rename, fsync of the folder."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root, self.scratch = root, scratch

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        handle, name = tempfile.mkstemp(dir=self.scratch)
        try:
            with os.fdopen(handle, "wb") as file:
                digest, size, head = self._copy(chunks, file, limit)
                file.flush()
                os.fsync(file.fileno())
            self._settle(Path(name), digest)
        except OSError as error:
            raise Busy(_("There is no room to store this at the moment. Nothing was saved; try again soon.")) from error
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
        return Stored(digest, size, head)

    def path(self, sha256: str) -> Path:
        found = self._path(sha256)
        if not found.is_file():
            raise FileNotFoundError(sha256)
        return found

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def names(self) -> Iterable[str]:
        return (found.name for found in self.root.glob("??/*") if len(found.name) == 64)

    def remove(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def _copy(self, chunks: Iterable[bytes], file: BinaryIO, limit: int) -> tuple[str, int, bytes]:
        digest, size, head = hashlib.sha256(), 0, b""
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(_("This is larger than the limit of %(limit)s MB.", limit=limit // 10**6))
            digest.update(chunk)
            file.write(chunk)
            if len(head) < 4096:
                head += chunk[: 4096 - len(head)]
        return digest.hexdigest(), size, head

    def _settle(self, written: Path, sha256: str) -> None:
        target = self._path(sha256)
        target.parent.mkdir(exist_ok=True)
        os.chmod(written, 0o600)
        os.replace(written, target)
        _sync_folder(target.parent)
        _sync_folder(self.root)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
