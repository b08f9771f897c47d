"""The writing side: one process applies batches to the index in use and, during a rebuild, to the new one beside it."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from search.engines.interface import Document, IndexDamaged, IndexMissing
from search.engines.whoosh import folder as folders
from search.engines.whoosh import root as roots
from search.engines.whoosh.folder import Folder
from search.engines.whoosh.manifest import PUBLISHED

BATCH_DOCUMENTS, BATCH_CHARACTERS = 5_000, 16_000_000  # what a rebuild commits at once


class Indexer:
    """Holds the lock until closed."""

    def __init__(self, root: Path, key: bytes):
        self.root, self._key = root, key
        self._lock = roots.Lock(root)
        self.current: Folder | None = None
        self.building: WhooshRebuild | None = None
        try:
            self._open()
        except BaseException:
            self._lock.release()
            raise

    def apply(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        """To the index in the making first: what the one in use holds, the new one holds too."""
        if self.building:
            generation = self.building.follow(batch, deleted)
            if not self.current:
                return generation
        return self.usable().apply(batch, deleted)

    def checkpoint(self) -> int:
        if self.building:
            generation = self.building.checkpoint()
            if not self.current:
                return generation
        return self.usable().checkpoint()

    def purge(self, limit: int) -> int:
        return self.usable().purge(limit)

    def usable(self) -> Folder:
        """The index in use. Raises IndexDamaged where there is none."""
        if not self.current:
            raise IndexMissing("there is no index to write to: rebuild it")
        return self.current

    def rebuild(self) -> "WhooshRebuild":
        if not self.building:
            path = roots.new_folder(self.root)
            self.building = WhooshRebuild(self, folders.create(path, self._key))
            roots.point(self.root, roots.BUILDING, path)
        return self.building

    def swap(self, new: Folder) -> None:
        """Puts a finished index in place of the one in use."""
        before = self.current.generation if self.current else 0
        new.checkpoint(max(before, new.generation) + 1)
        roots.point(self.root, roots.CURRENT, new.path)
        self.current = new
        self.forget()

    def forget(self) -> None:
        """Ends the rebuild, and deletes what is not in use."""
        self.building = None
        (self.root / roots.BUILDING).unlink(missing_ok=True)
        roots.tidy(self.root, {self.current.path.name} if self.current else ())

    def close(self) -> None:
        self._lock.release()

    def _open(self) -> None:
        path = roots.building(self.root)
        if (self.root / roots.CURRENT).exists():
            used = roots.current(self.root)
            self.current = folders.recover(used, self._key)
            path = None if path == used else path
        if path:
            try:
                # never from its checkpoint: what the index in use holds would not be applied to it again
                self.building = WhooshRebuild(self, folders.recover(path, self._key, kept=(PUBLISHED,)))
            except IndexDamaged:
                shutil.rmtree(path, ignore_errors=True)
                (self.root / roots.BUILDING).unlink(missing_ok=True)


class WhooshRebuild:
    """A new index in the making; see the port."""

    def __init__(self, indexer: Indexer, folder: Folder):
        self._indexer, self._folder = indexer, folder
        self._waiting: list[Document] = []
        self._characters = 0
        self._newer: set[str] = set()  # keys that `apply` wrote since: what is read from the database may be older
        self._position = self.position

    @property
    def position(self) -> str:
        return self._folder.snapshot.manifest.position

    def add(self, documents: Iterable[Document], position: str = "") -> None:
        for document in documents:
            self._waiting.append(document)
            self._characters += len(document.title) + len(document.body)
        self._position = position or self._position
        if len(self._waiting) >= BATCH_DOCUMENTS or self._characters >= BATCH_CHARACTERS:
            self._flush()

    def follow(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        """What happens to the index in use meanwhile."""
        self._newer.update((document.key for document in batch), deleted)
        return self._folder.apply(batch, deleted)

    def checkpoint(self) -> int:
        self._flush()
        return self._folder.checkpoint()

    def publish(self) -> int:
        self._flush()
        self._position = ""
        self._folder.apply([], [], position="")
        self._indexer.swap(self._folder)
        return self._folder.generation

    def abandon(self) -> None:
        shutil.rmtree(self._folder.path, ignore_errors=True)
        self._indexer.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            self.publish()

    def _flush(self) -> None:
        if self._waiting or self._position != self.position:
            fresh = [document for document in self._waiting if document.key not in self._newer]
            self._folder.apply(fresh, [], position=self._position)
            self._waiting, self._characters = [], 0
