"""Looking through a backup from its beginning to its end: is every byte what its manifest says?"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from portal.kernel.backups.format import BLOBS, DATABASE, ERASURES, LIST, LONGEST, MANIFEST, PIECE, SEAL, Damaged, Manifest, decoded, member
from portal.kernel.backups.format import opened as opened_

TakeIn = Callable[[str, int, Iterator[bytes]], None]  # (SHA-256, size, the bytes): takes all of them in


def check(file: Path, *, folder: Path) -> Manifest:
    """Read the whole backup. Raises Damaged for the first bad member, Unusable for what is no backup. Only its lists go into `folder`."""

    def look(sha256: str, size: int, pieces: Iterator[bytes]) -> None:
        for _piece in pieces:
            pass

    return unpack(file, folder, look, only=(ERASURES, LIST))


def told(file: Path) -> Manifest:
    """What a backup says of itself; nothing else of it is read."""
    with closing(opened_(file)) as tar:
        return _manifest(tar)


def unpack(file: Path, folder: Path, take_in: TakeIn, *, only: tuple[str, ...] = (DATABASE, ERASURES, LIST)) -> Manifest:
    """The members named in `only` go into `folder`, the stored bytes to `take_in`; each is looked at on its way. Raises as `check`."""
    with closing(opened_(file)) as tar:
        manifest = _manifest(tar)
        for name in (DATABASE, ERASURES, LIST):
            expected = manifest.members[name]
            with (folder / name if name in only else Path(os.devnull)).open("wb") as target:
                for piece in _whole(tar, name, expected["size"], expected["sha256"]):
                    target.write(piece)
        with (folder / LIST).open() as lines:
            count = 0
            for line in lines:
                sha256, size = line.split()
                take_in(sha256, int(size), _whole(tar, BLOBS + sha256, int(size), sha256))
                count += 1
        if count != manifest.blobs:
            raise Damaged(f"{LIST} names {count} files, the manifest {manifest.blobs}")
        if (more := member(tar)) is not None:
            raise Damaged(f"{more.name} does not belong into a backup")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    raw = b"".join(_read(tar, MANIFEST, LONGEST))
    seal = b"".join(_read(tar, SEAL, 100)).decode(errors="replace").strip()
    if hashlib.sha256(raw).hexdigest() != seal:
        raise Damaged(f"{MANIFEST} was altered")
    return decoded(raw)


def _whole(tar: tarfile.TarFile, name: str, size: int, sha256: str) -> Iterator[bytes]:
    """The bytes of the next member, which is `name`. Raises Damaged at its end where they were not those expected."""
    digest, count = hashlib.sha256(), 0
    for piece in _read(tar, name, size):
        digest.update(piece)
        count += len(piece)
        yield piece
    if count != size:
        raise Damaged(f"{name} has {count} bytes, not {size}")
    if digest.hexdigest() != sha256:
        raise Damaged(f"{name} was altered: its SHA-256 is {digest.hexdigest()}, not {sha256}")


def _read(tar: tarfile.TarFile, name: str, most: int) -> Iterator[bytes]:
    found = member(tar)
    if found is None:
        raise Damaged(f"{name} is missing: the file ends before it")
    if found.name != name or not found.isreg():
        raise Damaged(f"{name} is missing: {found.name} stands in its place")
    if found.size > most:
        raise Damaged(f"{name} has {found.size} bytes, not {most}")
    content: IO[bytes] | None = tar.extractfile(found)
    if content is None:
        raise Damaged(f"{name} is no file")
    try:
        while piece := content.read(PIECE):
            yield piece
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Damaged(f"{name} is cut off: {error}") from error
