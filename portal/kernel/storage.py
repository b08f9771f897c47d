"""Storage of bytes by their SHA-256: immutable, written once, durable before it is named in a row."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import structlog

from portal.kernel.errors import Busy, TooLarge
from portal.kernel.words import gettext as _

HEAD = 4096
PREFIX = "intake-"  # of what is being received, so that a sweep leaves other uploads alone
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stored:
    """Bytes that are durable: their SHA-256 in hex and size in bytes; `head` is the first 4 KiB, to tell the type."""

    sha256: str
    size: int
    head: bytes


class Intake(Protocol):
    """Bytes on their way in. Whoever made it closes it; what was not settled by then is gone."""

    def write(self, chunk: bytes) -> int:
        """Take some more. Raises TooLarge past the limit, Busy where it cannot be written."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Nothing to do: for form parsers, which rewind what they have written."""

    def settle(self) -> Stored:
        """Make the bytes durable under their name; asked again it gives the same answer. Raises Busy."""

    def close(self) -> None: ...


class Storage(Protocol):
    """Where bytes live: a directory, or an S3 bucket (portal.kernel.bucket). What goes wrong is an OSError, while storing Busy."""

    def intake(self, limit: int) -> Intake:
        """Room for a stream of at most `limit` bytes. Raises Busy."""

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        """Store a stream. Raises TooLarge past `limit` bytes, Busy where it cannot be written; then nothing stays."""

    def adopt(self, whole: Path, sha256: str = "") -> Stored:
        """Store a file of the scratch folder, which is no longer there afterwards, under the hash that whoever wrote it made of it, or by
        reading it. Raises Busy; then it still is."""

    def open(self, sha256: str) -> BinaryIO:
        """These bytes, to be read from anywhere. Raises FileNotFoundError; OSError where they cannot be had, then or while reading."""

    def names(self) -> Iterable[str]:
        """The SHA-256 of everything stored."""

    def remove(self, sha256: str, older_than: float = 0) -> bool:
        """Remove what was stored at least `older_than` seconds ago; whether it went."""

    def forget_cut_off(self, older_than: float) -> int:
        """Remove what a process that died has left half received, by its age in seconds; how many there were."""


class Directory:
    """Blobs as files two folders deep: temporary file, fsync, rename, fsync of the folder. Ours alone, but where a proxy that sends
    them itself is of our group."""

    def __init__(self, root: Path, scratch: Path, *, group_reads: bool = False) -> None:
        self.root, self.scratch, self.group_reads = root, scratch, group_reads

    def intake(self, limit: int) -> "Receiving":
        return Receiving(self, limit)

    def put(self, chunks: Iterable[bytes], limit: int) -> Stored:
        with contextlib.closing(self.intake(limit)) as coming:
            for chunk in chunks:
                coming.write(chunk)
            return coming.settle()

    def adopt(self, whole: Path, sha256: str = "") -> Stored:
        return adopted(self, whole, sha256)

    def path(self, sha256: str) -> Path:
        """The file that holds these bytes. Raises FileNotFoundError."""
        found = self._path(sha256)
        if not found.is_file():
            raise FileNotFoundError(sha256)
        return found

    def open(self, sha256: str) -> BinaryIO:
        return self.path(sha256).open("rb")

    def names(self) -> Iterable[str]:
        return (found.name for found in self.root.glob("??/*") if len(found.name) == 64)

    def remove(self, sha256: str, older_than: float = 0) -> bool:
        aside = self.scratch / f"{PREFIX}{sha256}"
        try:
            os.rename(self._path(sha256), aside)
        except FileNotFoundError:
            return False
        if _age(aside) < older_than:  # the same bytes came again while we looked: they are about to be named in a row
            os.rename(aside, self._path(sha256))
            return False
        aside.unlink()
        return True

    def forget_cut_off(self, older_than: float) -> int:
        return forget_scratch(self.scratch, older_than)

    def keep(self, written: Path, sha256: str) -> None:
        """Rename a durable file to its place, durably."""
        target = self._path(sha256)
        target.parent.mkdir(exist_ok=True)
        if self.group_reads:
            target.parent.chmod(0o750)
            written.chmod(0o640)
        os.replace(written, target)
        _sync_folder(target.parent)
        _sync_folder(self.root)  # whoever made the folder may not have come this far

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256


class Keeper(Protocol):
    """What gives a file in its scratch folder a place by its hash."""

    scratch: Path

    def keep(self, written: Path, sha256: str) -> None: ...


class Receiving:
    """A temporary file, hashed as it is written, that `settle` gives to its keeper."""

    def __init__(self, keeper: Keeper, limit: int) -> None:
        self.keeper, self.limit = keeper, limit
        self.size, self.head, self._digest = 0, b"", hashlib.sha256()
        self._settled: Stored | None = None
        with _words_for_failure():
            handle, name = tempfile.mkstemp(prefix=PREFIX, dir=keeper.scratch)
        self._name = Path(name)
        self._file = os.fdopen(handle, "wb", buffering=0)

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        if self.size > self.limit:
            raise TooLarge(_("This is larger than the limit of %(limit)s.", limit=_spoken(self.limit)))
        self._digest.update(chunk)
        with _words_for_failure():
            rest = memoryview(chunk)
            while rest:
                rest = rest[self._file.write(rest) :]
        if len(self.head) < HEAD:
            self.head += bytes(chunk[: HEAD - len(self.head)])
        return len(chunk)

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset

    @property
    def sha256(self) -> str:
        """Of what was written so far."""
        return self._digest.hexdigest()

    def settle(self) -> Stored:
        if self._settled is None:
            sha256 = self.sha256
            with _words_for_failure():
                os.fsync(self._file.fileno())
                self._file.close()
                self.keeper.keep(self._name, sha256)
            self._settled = Stored(sha256, self.size, self.head)
        return self._settled

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        self._name.unlink(missing_ok=True)


def adopted(keeper: Keeper, whole: Path, sha256: str = "") -> Stored:
    """Give a file its place by its hash, without writing it once more; nor reading it, where the hash is known."""
    with _words_for_failure():
        with whole.open("rb") as file:
            head = file.read(HEAD)
            file.seek(0)
            sha256 = sha256 or hashlib.file_digest(file, "sha256").hexdigest()
            size = file.seek(0, os.SEEK_END)
            os.fsync(file.fileno())
        keeper.keep(whole, sha256)
    return Stored(sha256, size, head)


def forget_scratch(scratch: Path, older_than: float) -> int:
    """Remove what a process that died has left half received; how many there were."""
    left = [found for found in scratch.glob(PREFIX + "*") if _age(found) > older_than]
    for found in left:
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)
    return len(left)


@contextlib.contextmanager
def _words_for_failure() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.error("storage.failed", error=str(error))
        raise Busy(_("This cannot be stored at the moment. Nothing was saved; try again soon.")) from error


def _spoken(size: int) -> str:
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return _("%(size)s bytes", size=size)


def _age(path: Path) -> float:
    """Seconds since it was written; endless for what is gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
