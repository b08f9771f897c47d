"""Segments of Whoosh's as numpy arrays: parts of an answer."""

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np

from search.engines.answering.parts import NONE, NOWHERE, PLACES, STEMS, Array, Postings
from search.engines.interface import IndexDamaged, SearchError
from search.engines.whoosh import internals

REMEMBERED = 256 << 20  # bytes of decoded postings kept, all segments together
Kept = TypeVar("Kept", bound=tuple[Array, ...])


class Memory:
    """Arrays up to a number of bytes, the least recently used going first."""

    def __init__(self, budget: int = REMEMBERED):
        self._kept: OrderedDict[tuple[str, ...], tuple[Array, ...]] = OrderedDict()
        self._budget, self._used, self._lock = budget, 0, RLock()

    def get(self, key: tuple[str, ...], make: Callable[[], Kept]) -> Kept:
        """What was kept under the key, or is made now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(Kept, self._kept[key])
        made = make()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._used += _bytes(made)
            while self._used > self._budget:
                self._used -= _bytes(self._kept.popitem(last=False)[1])
        return made


def _bytes(arrays: tuple[Array, ...]) -> int:
    """Memory of an entry, with some for the key."""
    return 300 + sum(array.nbytes for array in arrays)


class Segment:
    """One immutable segment of Whoosh's. Readers share a file position, so all reading happens under a lock."""

    def __init__(self, reader: Any, memory: Memory):
        self.name: str = reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        self._reader, self._memory, self._lock = reader, memory, RLock()
        self._columns: dict[str, Array] = {}
        self._tokens: dict[tuple[str, str], list[str]] = {}
        self._keys: Any = None

    def column(self, name: str) -> Array:
        """Values of a numeric column, one per document."""
        if name not in self._columns:
            with self._reading():
                self._columns[name] = internals.column(self._reader, name, self.size)
        return self._columns[name]

    def postings(self, field: str, token: str) -> Postings:
        return self._memory.get((self.name, field, token), lambda: self._postings(field, token))

    def positions(self, stem: str) -> Array:
        return self._memory.get((self.name, stem), lambda: (self._positions(stem),))[0]

    def tokens(self, field: str, prefix: str = "") -> list[str]:
        """Sorted. The whole list of a field is kept, parts of it are read each time."""
        if (field, "") not in self._tokens:
            with self._reading():
                found = [sys.intern(token.decode()) for token in self._reader.expand_prefix(field, prefix)]
            if prefix:
                return found
            self._tokens[field, ""] = found
        everything = self._tokens[field, ""]
        return everything if not prefix else [token for token in everything if token.startswith(prefix)]

    def keys(self, ids: Array) -> list[str]:
        with self._reading():
            if self._keys is None:
                self._keys = self._reader.column_reader("key", translate=False)
            return [self._keys[int(number)].decode() for number in ids]

    def _postings(self, field: str, token: str) -> Postings:
        with self._reading():
            block = internals.postings(self._reader, field, token)
        return Postings(block.ids, block.weights) if block else NONE

    def _positions(self, stem: str) -> Array:
        with self._reading():
            block = internals.postings(self._reader, STEMS, stem)
        if not block:
            return NOWHERE
        counts = [len(value) // 4 for value in block.values]
        documents: Array = np.repeat(block.ids.astype("i8") << PLACES, counts)
        documents |= np.frombuffer(b"".join(block.values), "u4")
        return documents

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Whatever goes wrong while decoding checked files is damage that came after the check."""
        with self._lock:
            try:
                yield
            except SearchError:
                raise
            except Exception as error:
                raise IndexDamaged(f"{self.name} can't be read: {error!r}") from error
