"""Writing one index folder: commits, what is published of them, checkpoints, and what is left after a crash.

A commit counts when its manifest is in place, whatever Whoosh has written before. A checkpoint is a generation whose
files were forced to the disk; they are kept until the next one, and a power cut falls back to it.
"""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from search.engines.interface import Document, IndexDamaged
from search.engines.whoosh import internals, manifest, merging
from search.engines.whoosh.manifest import CHECKPOINT, PUBLISHED, Manifest
from search.engines.whoosh.schema import fields, schema
from search.engines.whoosh.snapshot import Snapshot, open_snapshot

GRACE = 10.0  # seconds that a superseded file stays, for searchers that have just read the manifest before
MEMORY = 64  # MiB of postings before Whoosh writes them to a temporary file

_OURS = re.compile(rf"_?{internals.NAME}_\w+[.].+")
Choice = Callable[[Sequence[int]], list[int]]


class Folder:
    """One index folder and its writer; the caller holds the lock."""

    def __init__(self, path: Path, key: bytes, snapshot: Snapshot, checkpoint: Manifest):
        self.path, self.snapshot, self.checkpointed = path, snapshot, checkpoint
        self._key, self._choose = key, merging.nothing
        self._synced = set(checkpoint.files)
        self._superseded: dict[str, float] = {}  # file -> when, by the monotonic clock

    @property
    def generation(self) -> int:
        return self.snapshot.manifest.generation

    def apply(self, batch: Iterable[Document], deleted: Iterable[str], position: str | None = None) -> int:
        """One commit of documents and deletions; returns the generation."""
        gone = set(deleted)
        documents = {document.key: document for document in batch if document.key not in gone}
        outdated = [found for key in sorted(gone.union(documents)) for found in self.snapshot.find(key)]
        if documents or outdated or position is not None:
            self._commit(list(documents.values()), outdated, self._choose, position)
            self._choose = merging.due
        if len(self.snapshot.segments) > merging.CROWDED:
            self._commit([], [], merging.crowded)
        return self.generation

    def purge(self, limit: int) -> int:
        """Rewrites the segments with deleted documents, smallest first; returns how many of these are left in files."""

        def choose(sizes: Sequence[int]) -> list[int]:
            dirty = [place for place, size in enumerate(sizes) if size < self.snapshot.segments[place].size]
            chosen: list[int] = []
            total = 0
            for place in sorted(dirty, key=sizes.__getitem__):
                total += sizes[place]
                if total > limit and chosen:
                    break
                chosen.append(place)
            return chosen

        if self.snapshot.deleted:
            self._commit([], [], choose)
        return self.snapshot.deleted

    def checkpoint(self, generation: int | None = None) -> int:
        """Forces the published files to the disk; `generation` renumbers what is published."""
        published = self.snapshot.manifest
        for name in sorted(set(published.files) - self._synced):
            _sync(self.path / name)
        self._publish(generation or published.generation, published.position, durably=True)
        manifest.write(self.path, CHECKPOINT, self.snapshot.manifest, self._key, durably=True)
        _sync(self.path)
        self.checkpointed, self._synced = self.snapshot.manifest, set(published.files)
        self._clean()
        return self.generation

    def _commit(self, documents: list[Document], outdated: list[tuple[int, int]], choose: Choice, position: str | None = None) -> None:
        try:
            with internals.writing(str(self.path), schema(), MEMORY) as writer:
                for segment, number in outdated:
                    writer.segments[segment].delete_document(number)
                for document in documents:
                    writer.add_document(**fields(document))
                writer.commit(mergetype=merging.policy(choose))
            self._publish(self.generation + 1, position)
        except BaseException:
            self._return()
            raise
        self._clean()

    def _return(self) -> None:
        """To what is published, which after an interrupted commit is the new generation or the old one."""
        published = manifest.parse((self.path / PUBLISHED).read_bytes(), self.path.name, self._key)
        _remove_unpublished(self.path, published)
        self.snapshot = open_snapshot(self.path, published, self.snapshot, trusted=published.files)

    def _publish(self, generation: int, position: str | None = None, *, durably: bool = False) -> None:
        """Makes what Whoosh committed last the published generation."""
        before = self.snapshot.manifest
        toc = internals.newest_toc(str(self.path))
        names = [internals.toc_name(toc)]
        for segment in internals.segments(str(self.path), toc, schema()):
            names += internals.files(str(self.path), segment)
        files = {name: before.files.get(name) or _described(self.path / name) for name in sorted(names)}
        published = Manifest(self.path.name, generation, toc, files, before.position if position is None else position)
        snapshot = open_snapshot(self.path, published, self.snapshot, trusted=files)
        manifest.write(self.path, PUBLISHED, published, self._key, durably=durably)
        self.snapshot = snapshot

    def _clean(self) -> None:
        """Deletes what neither the published generation nor the checkpoint needs, after a while."""
        needed = {*self.snapshot.manifest.files, *self.checkpointed.files}
        now = time.monotonic()
        present = {name for name in os.listdir(self.path) if _OURS.fullmatch(name)} - needed
        self._superseded = {name: self._superseded.get(name, now) for name in present}
        for name, since in self._superseded.items():
            if now - since >= GRACE:
                with suppress(OSError):
                    os.remove(self.path / name)


def create(path: Path, key: bytes) -> Folder:
    """A new empty index. The folder must not exist."""
    path.mkdir(mode=0o700)
    internals.create(str(path), schema())
    name = internals.toc_name(0)
    empty = Manifest(path.name, 0, 0, {name: _described(path / name)})
    manifest.write(path, PUBLISHED, empty, key, durably=True)
    return Folder(path, key, open_snapshot(path, empty), empty)


def recover(path: Path, key: bytes, kept: Sequence[str] = (PUBLISHED, CHECKPOINT)) -> Folder:
    """Opens for writing what a crash left: the published generation, or if that is not whole, the checkpoint.

    Raises IndexDamaged if none of those kept is whole.
    """
    shutil.rmtree(path / f"{internals.NAME}.tmp", ignore_errors=True)
    for name in kept:
        try:
            found = manifest.parse((path / name).read_bytes(), path.name, key)
            snapshot = open_snapshot(path, found)
        except (OSError, IndexDamaged) as error:
            reason = error
            continue
        if name == CHECKPOINT:
            manifest.write(path, PUBLISHED, found, key, durably=True)
        _remove_unpublished(path, found)
        return Folder(path, key, snapshot, _checkpoint(path, key) or found)
    raise IndexDamaged(f"nothing of {path.name} is whole: {reason}") from reason


def _checkpoint(path: Path, key: bytes) -> Manifest | None:
    try:
        return manifest.parse((path / CHECKPOINT).read_bytes(), path.name, key)
    except (OSError, IndexDamaged):
        return None


def _remove_unpublished(path: Path, published: Manifest) -> None:
    """Forgets a commit that was never published: its rows will be applied again."""
    for number in range(published.toc + 1, internals.newest_toc(str(path)) + 1):
        (path / internals.toc_name(number)).unlink(missing_ok=True)


def _described(path: Path) -> tuple[int, str]:
    return path.stat().st_size, manifest.checksum(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
