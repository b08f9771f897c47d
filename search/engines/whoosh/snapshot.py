"""One published generation, opened: checked first, immutable afterwards, sharing unchanged segments with the one
before."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TypeVar

import numpy as np

from search.engines.answering.parts import Array, Part
from search.engines.answering.tail import TailPart
from search.engines.answering.view import View, visible
from search.engines.interface import IndexDamaged, SearchError, Tail
from search.engines.whoosh import internals, manifest
from search.engines.whoosh.manifest import Manifest
from search.engines.whoosh.schema import KEYS, schema
from search.engines.whoosh.segment import Memory, Segment

MASKS, VIEWS, TAILS = 64, 64, 8  # audience sets and tails remembered; each mask holds one byte per document

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value")


class Snapshot:
    """The segments of one generation, and which of their documents are not deleted."""

    def __init__(self, published: Manifest, segments: list[Segment], live: list[Array], memory: Memory):
        self.manifest, self.segments, self.memory = published, segments, memory
        self._live, self._lock = live, Lock()
        self._masks: OrderedDict[frozenset[int], list[Array]] = OrderedDict()
        self._tails: OrderedDict[tuple[Hashable, ...], TailPart] = OrderedDict()
        self._views: OrderedDict[tuple[frozenset[int], int], View] = OrderedDict()

    def view(self, audiences: frozenset[int], tail: Tail) -> View:
        """What a searcher sees, counted once for each set of audiences and tail."""
        with self._lock:
            newest = _remember(self._tails, (tuple(tail.documents), tuple(tail.deleted)), lambda: TailPart(tail), TAILS)
            return _remember(self._views, (audiences, id(newest)), lambda: self._view(audiences, newest), VIEWS)

    @property
    def deleted(self) -> int:
        """Deleted documents that are still in files."""
        return sum(int(np.count_nonzero(~live)) for live in self._live)

    def find(self, key: str) -> list[tuple[int, int]]:
        """(segment, document number) of the live document with this key."""
        return [
            (number, int(found))
            for number, segment in enumerate(self.segments)
            for found in segment.postings(KEYS, key).ids
            if self._live[number][found]
        ]

    def keys(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of every live document."""
        for segment, live in zip(self.segments, self._live, strict=True):
            ids = np.flatnonzero(live)
            for key, fingerprint in zip(segment.keys(ids), segment.column("fingerprint")[ids].tolist(), strict=True):
                yield key, f"{fingerprint:016x}"

    def _view(self, audiences: frozenset[int], newest: TailPart) -> View:
        masks = _remember(self._masks, audiences, lambda: self._visible(audiences), MASKS)
        gone = [found for key in newest.masked for found in self.find(key)]
        masks = [mask.copy() if any(number == n for number, _ in gone) else mask for n, mask in enumerate(masks)]
        for number, document in gone:
            masks[number][document] = False
        parts: list[Part] = [*self.segments]
        if newest.size:
            parts.append(newest)
            masks.append(visible(newest, np.ones(newest.size, bool), audiences))
        return View(parts, masks)

    def _visible(self, audiences: frozenset[int]) -> list[Array]:
        return [visible(segment, live, audiences) for segment, live in zip(self.segments, self._live, strict=True)]


def open_snapshot(folder: Path, published: Manifest, before: Snapshot | None = None, trusted: Collection[str] = ()) -> Snapshot:
    """Checks the files that are new since the generation before, and only then opens them.

    Raises IndexDamaged, or FileNotFoundError where a file is missing: perhaps superseded since the manifest was read.
    """
    same = before if before and before.manifest.folder == published.folder else None
    known = {name for name, file in same.manifest.files.items() if published.files.get(name) == file} if same else set()
    manifest.check_files(folder, published, known.union(trusted))
    with _damage(folder):
        layout = schema()
        memory = same.memory if same else Memory()
        held = {segment.name: segment for segment in same.segments} if same else {}
        segments, live = [], []
        for stored in internals.segments(str(folder), published.toc, layout):
            segment = held.get(stored.segment_id())
            segments.append(segment or Segment(internals.open_reader(str(folder), layout, stored), memory))
            mask: Array = np.ones(segments[-1].size, bool)
            mask[list(stored.deleted_docs())] = False
            live.append(mask)
        return Snapshot(published, segments, live, memory)


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Whatever goes wrong in opening is damage, except that a file is missing."""
    try:
        yield
    except (SearchError, FileNotFoundError):
        raise
    except Exception as error:
        raise IndexDamaged(f"{folder.name} can't be opened: {error!r}") from error


def _remember(kept: OrderedDict[Name, Value], name: Name, make: Callable[[], Value], most: int) -> Value:
    """What was kept under the name or is made now; the least recently used goes."""
    if name not in kept:
        kept[name] = make()
        if len(kept) > most:
            kept.popitem(last=False)
    kept.move_to_end(name)
    return kept[name]
