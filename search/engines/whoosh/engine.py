"""The Whoosh engine: searching in any process, writing in one."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock

from search.engines.answering import matching, words
from search.engines.interface import Document, IndexDamaged, Query, Results, Tail
from search.engines.whoosh import manifest
from search.engines.whoosh import root as roots
from search.engines.whoosh.indexer import Indexer, WhooshRebuild
from search.engines.whoosh.manifest import PUBLISHED, Manifest
from search.engines.whoosh.snapshot import Snapshot, open_snapshot

TRIES, PAUSE = 5, 0.02  # opening while files are being superseded; seconds
ASK_AGAIN = 5.0  # seconds before a damaged index is looked at again


class WhooshEngine:
    """One index in a directory. Opens nothing before it is asked; thread-safe for searching, one thread for writing.

    `secret` seals the index: one that was not written with it is never opened.
    """

    def __init__(self, directory: str | Path, secret: bytes):
        self._searcher = Searcher(Path(directory), manifest.seal_key(secret))
        self._root, self._key = Path(directory), manifest.seal_key(secret)
        self._indexer: Indexer | None = None
        self._writing = RLock()

    def generation(self) -> int:
        return self._searcher.snapshot().manifest.generation

    def search(self, query: Query, audiences: frozenset[int], tail: Tail) -> Results:
        return matching.search(self._searcher.snapshot().view(audiences, tail), query)

    def complete(self, prefix: str, audiences: frozenset[int], tail: Tail, limit: int = 10) -> list[str]:
        return words.complete(self._searcher.snapshot().view(audiences, tail), prefix, limit)

    def keys(self) -> Iterator[tuple[str, str]]:
        return self._searcher.snapshot().keys()

    def verify(self) -> None:
        self._searcher.verify()

    def apply(self, batch: Sequence[Document], deleted: Sequence[str]) -> int:
        with self._writing, _whole():
            return self._writer().apply(batch, deleted)

    def checkpoint(self) -> int:
        with self._writing, _whole():
            return self._writer().checkpoint()

    def purge(self, limit: int = 20_000) -> int:
        with self._writing, _whole():
            return self._writer().purge(limit)

    def recover(self) -> int:
        with self._writing:
            return self._writer().usable().generation

    def quarantine(self) -> None:
        with self._writing:
            self.close()
            lock = roots.Lock(self._root)
            try:
                roots.set_aside(self._root)
            finally:
                lock.release()

    def rebuild(self) -> WhooshRebuild:
        with self._writing:
            return self._writer().rebuild()

    def rebuilding(self) -> bool:
        return roots.building(self._root) is not None

    def close(self) -> None:
        with self._writing:
            if self._indexer:
                self._indexer.close()
            self._indexer = None
            self._searcher.forget()

    def _writer(self) -> Indexer:
        if not self._indexer:
            self._indexer = Indexer(self._root, self._key)
        return self._indexer


@contextmanager
def _whole() -> Iterator[None]:
    """What was taken away under the writer's hands is damage, to be rebuilt, not a fault to be tried again for ever."""
    try:
        yield
    except FileNotFoundError as error:
        raise IndexDamaged(f"a file is missing: {error.filename}") from error


class Searcher:
    """The newest published generation, opened at most once per process."""

    def __init__(self, root: Path, key: bytes):
        self._root, self._key, self._lock = root, key, Lock()
        self._snapshot: Snapshot | None = None
        self._stamp = b""  # the manifest that the snapshot was opened by
        self._damage: tuple[bytes, float, IndexDamaged] | None = None  # manifest, when, what

    def snapshot(self) -> Snapshot:
        """The newest generation. Raises IndexDamaged."""
        with self._lock:
            for _ in range(TRIES):
                folder, stamp = self._published()
                if self._snapshot and self._stamp == stamp:
                    return self._snapshot
                try:
                    return self._opened(folder, stamp)
                except FileNotFoundError as error:
                    missing = error
                    time.sleep(PAUSE)
            raise self._damaged(stamp, IndexDamaged(f"a file is missing: {missing.filename}"))

    def verify(self) -> None:
        folder, stamp = self._published()
        try:
            manifest.check_files(folder, self._parsed(folder, stamp))
        except FileNotFoundError as error:
            if self._published() == (folder, stamp):
                raise IndexDamaged(f"a file is missing: {error.filename}") from error
            self.verify()

    def forget(self) -> None:
        with self._lock:
            self._snapshot, self._stamp, self._damage = None, b"", None

    def _published(self) -> tuple[Path, bytes]:
        """The folder in use and its manifest, unread."""
        for _ in range(TRIES):
            folder = roots.current(self._root)
            try:
                return folder, (folder / PUBLISHED).read_bytes()
            except FileNotFoundError:
                time.sleep(PAUSE)
        raise IndexDamaged("the index has no manifest")

    def _parsed(self, folder: Path, stamp: bytes) -> Manifest:
        return manifest.parse(stamp, folder.name, self._key)

    def _opened(self, folder: Path, stamp: bytes) -> Snapshot:
        if self._damage and self._damage[0] == stamp and time.monotonic() - self._damage[1] < ASK_AGAIN:
            raise self._damage[2]
        try:
            self._snapshot = open_snapshot(folder, self._parsed(folder, stamp), self._snapshot)
        except IndexDamaged as error:
            raise self._damaged(stamp, error) from error
        self._stamp = stamp
        return self._snapshot

    def _damaged(self, stamp: bytes, error: IndexDamaged) -> IndexDamaged:
        self._damage = stamp, time.monotonic(), error
        return error
