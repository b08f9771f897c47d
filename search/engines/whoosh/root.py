"""Where the indexes lie: one folder in use, perhaps one in the making, each named by version and a random id.

`CURRENT` and `BUILDING` hold the name of a folder; replacing CURRENT swaps the index at once. Other folders are
left-overs.
"""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from search.engines.interface import IndexDamaged, IndexLocked, IndexMissing
from search.engines.whoosh.schema import version

CURRENT, BUILDING, LOCK, DAMAGED = "CURRENT", "BUILDING", "writer.lock", ".damaged"

_NAME = re.compile(r"[0-9a-f]{12}-[0-9a-f]{16}")


def current(root: Path) -> Path:
    """The folder in use. Raises IndexDamaged if there is none that this version can read."""
    try:
        name = (root / CURRENT).read_text("ascii", "replace")
    except OSError as error:
        raise IndexMissing("there is no index") from error
    if not _NAME.fullmatch(name):
        raise IndexDamaged("the index's name is not one of ours")
    if not name.startswith(version()):
        raise IndexDamaged("the index is of another version")
    return root / name


def building(root: Path) -> Path | None:
    """The folder of an unfinished rebuild of this version."""
    try:
        name = (root / BUILDING).read_text("ascii", "replace")
    except OSError:
        return None
    return root / name if _NAME.fullmatch(name) and name.startswith(version()) else None


def new_folder(root: Path) -> Path:
    """A name that was never used; nothing is made yet."""
    return root / f"{version()}-{secrets.token_hex(8)}"


def point(root: Path, name: str, folder: Path) -> None:
    """Makes CURRENT or BUILDING name the folder, whatever happens to the power."""
    temporary = root / f".{name}.new"
    with open(temporary, "w", encoding="ascii") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, root / name)
    descriptor = os.open(root, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_aside(root: Path) -> None:
    """Renames the folder in use so that nothing opens it; it goes when the next rebuild is published."""
    try:
        folder = current(root)
    except IndexDamaged:
        folder = root / "none"
    (root / CURRENT).unlink(missing_ok=True)
    if folder.is_dir():
        folder.rename(root / (folder.name + DAMAGED))


def tidy(root: Path, keep: Collection[str]) -> None:
    """Deletes index folders that nothing names any more, damaged ones too: they hold people's words."""
    for entry in root.iterdir():
        if entry.is_dir() and _NAME.fullmatch(entry.name.removesuffix(DAMAGED)) and entry.name not in keep:
            shutil.rmtree(entry, ignore_errors=True)


class Lock:
    """The right to write, held by one process; the kernel takes it back when that dies."""

    def __init__(self, root: Path):
        root.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise IndexLocked(f"another process writes the index in {root}") from error

    def release(self) -> None:
        os.close(self._descriptor)
