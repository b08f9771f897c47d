"""What belongs to a published generation: the files, their sizes and checksums, sealed with a key that is not in the
folder.

Whoosh opens an index by unpickling, so an index is code: nothing is opened before the seal shows that we wrote the
list and the checksums show that the files are the ones we wrote. A flipped bit, a cut file and an index from
elsewhere all end here.
"""

import hmac
import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path

from search.engines.interface import IndexDamaged

PUBLISHED, CHECKPOINT = "PUBLISHED", "CHECKPOINT"
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True)
class Manifest:
    """One generation of one index folder."""

    folder: str  # the folder's name: a manifest is of no use in another
    generation: int  # grows with each commit and each rebuild
    toc: int  # Whoosh's own generation number
    files: dict[str, tuple[int, str]] = field(default_factory=dict)  # name -> bytes, checksum
    position: str = ""  # how far an unfinished rebuild got


def seal_key(secret: bytes) -> bytes:
    """The key for seals, of the application's secret."""
    return blake2b(secret, person=b"mainstay-index", digest_size=32).digest()


def write(folder: Path, name: str, manifest: Manifest, key: bytes, *, durably: bool) -> None:
    """Replaces the manifest of this name at once; durably: after a power cut it is the old or the new one."""
    body = json.dumps(asdict(manifest), sort_keys=True).encode()
    temporary = folder / f".{name}.new"
    with open(temporary, "wb") as file:
        file.write(_seal(body, key) + b"\n" + body)
        if durably:
            file.flush()
            os.fsync(file.fileno())
    os.replace(temporary, folder / name)


def parse(data: bytes, folder: str, key: bytes) -> Manifest:
    """The manifest of a folder. Raises IndexDamaged if it is not whole, not ours or of another folder."""
    seal, _, body = data.partition(b"\n")
    if not hmac.compare_digest(seal, _seal(body, key)):
        raise IndexDamaged("the index's manifest has no valid seal")
    content = json.loads(body)
    if content["folder"] != folder:
        raise IndexDamaged("the index's manifest is of another folder")
    content["files"] = {name: (size, checksum) for name, (size, checksum) in content["files"].items()}
    return Manifest(**content)


def checksum(path: Path) -> str:
    """BLAKE2b of a file's bytes."""
    digest = blake2b(digest_size=16)
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def check_files(folder: Path, manifest: Manifest, trusted: Collection[str] = ()) -> None:
    """Compares the files with the manifest; those trusted were compared before.

    Raises IndexDamaged for a difference, FileNotFoundError for a missing file: it may have been superseded meanwhile.
    """
    for name, (size, expected) in manifest.files.items():
        if name in trusted:
            continue
        if (folder / name).stat().st_size != size or checksum(folder / name) != expected:
            raise IndexDamaged(f"{name} is not what was written")


def _seal(body: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body, "sha256").hex().encode()
