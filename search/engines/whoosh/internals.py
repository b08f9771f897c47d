"""Everything private of Whoosh 2.7.4 that we lean on, and nothing of it anywhere else. One test for each name.

- `CompoundStorage._source`: the mmap of a segment. `BufferFile._buf`, `.file`: Whoosh copies each part of the mmap
  into a BytesIO, the whole index onto the heap of each process; `MappedFile` reads the mapped bytes instead. Ours by
  subclassing the codec.
- `SegmentReader._terms`; `W3LeafMatcher._read_data()`, `._data`, `._lastblock`, `._next_block()`: the blocks of a
  posting list.
- `NumericColumn.Reader._dbfile`, `._basepos`, `._count`: the bytes of a numeric column.
- `TOC.read`, `TOC.write`, `TOC._filename`, `SegmentWriter._commit_toc`: the list of segments, without Whoosh's
  immediate deletion of superseded files. `SegmentWriter.writelock`, `.is_closed`: letting go of the lock where
  `cancel` itself fails.
"""

import os
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.columns import EmptyColumnReader
from whoosh.fields import Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC, FileIndex
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.writing import SegmentWriter

NAME = "MAIN"  # Whoosh's prefix of the files of one index


class Block(NamedTuple):
    """A whole posting list as stored."""

    ids: NDArray[Any]  # int32, ascending
    weights: NDArray[Any]  # float32
    values: list[bytes]  # one per document, or empty for a field without


class Cursor:
    """The part of a file's interface that Whoosh uses, over bytes that are mapped and not copied."""

    __slots__ = ("_at", "_bytes")

    def __init__(self, mapped: memoryview):
        self._bytes, self._at = mapped, 0

    def read(self, count: int = -1) -> bytes:
        first, self._at = self._at, len(self._bytes) if count < 0 else min(self._at + count, len(self._bytes))
        return bytes(self._bytes[first : self._at])

    def readline(self) -> bytes:
        first, size = self._at, len(self._bytes)
        while self._at < size:
            piece = bytes(self._bytes[self._at : self._at + 4096])
            if (end := piece.find(b"\n")) >= 0:
                self._at += end + 1
                break
            self._at += len(piece)
        return bytes(self._bytes[first : self._at])

    def readinto(self, target: memoryview) -> int:
        piece = self._bytes[self._at : self._at + len(target)]
        target[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: len(self._bytes)}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._bytes = memoryview(b"")


class MappedFile(BufferFile):  # type: ignore[misc]
    """A part of a segment, read where it is mapped."""

    def __init__(self, mapped: memoryview, name: str):
        self._buf, self._name, self.file = mapped, name, Cursor(mapped)
        self.onclose, self.is_real, self.is_closed = None, False, False

    def subset(self, position: int, length: int, name: str | None = None) -> "MappedFile":
        return MappedFile(self._buf[position : position + length], name or self._name)


class MappedStorage(CompoundStorage):  # type: ignore[misc]
    """A segment's one file, mapped."""

    def open_file(self, name: str, *_: object, **__: object) -> MappedFile:
        offset, length = self.range(name)
        return MappedFile(memoryview(self._source)[offset : offset + length], name)


class MappedSegment(W3Segment):  # type: ignore[misc]
    """Whoosh's segment, opened without a copy."""

    def open_compound_file(self, storage: FileStorage) -> MappedStorage:
        return MappedStorage(storage.open_file(self.make_filename(self.COMPOUND_EXT)))


class MappedCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with our segments."""

    def new_segment(self, storage: FileStorage, indexname: str) -> MappedSegment:
        return MappedSegment(self, indexname)


class Writer(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, but what a commit supersedes stays until nobody can still want to open it."""

    def _commit_toc(self, segments: Sequence[Any]) -> None:
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)


@contextmanager
def writing(folder: str, schema: Schema, memory: int) -> Iterator[Writer]:
    """A writer whose lock is let go whatever happens; `memory` in MiB. The caller commits."""
    index = FileIndex(FileStorage(folder), schema, NAME)
    writer = Writer(index, limitmb=memory, codec=MappedCodec())
    try:
        yield writer
    finally:
        if not writer.is_closed:
            _cancel(writer)


def _cancel(writer: Writer) -> None:
    try:
        writer.cancel()
    except Exception:  # half-written files fail in many ways; all that matters is the lock
        with suppress(Exception):
            writer.writelock.release()
        writer.is_closed = True


def create(folder: str, schema: Schema) -> None:
    """Writes the list of no segments."""
    TOC.create(FileStorage(folder), schema, NAME)


def toc_name(number: int) -> str:
    """The file that lists the segments of Whoosh's generation `number`."""
    return str(TOC._filename(NAME, number))


def newest_toc(folder: str) -> int:
    return int(TOC._latest_generation(FileStorage(folder), NAME))


def segments(folder: str, number: int, schema: Schema) -> list[MappedSegment]:
    """The segments of a generation. Unpickles: only for files whose seal was verified."""
    found: list[MappedSegment] = TOC.read(FileStorage(folder), NAME, gen=number, schema=schema).segments
    return found


def files(folder: str, segment: MappedSegment) -> list[str]:
    """The names of a segment's files."""
    return list(map(str, segment.list_files(FileStorage(folder))))


def open_reader(folder: str, schema: Schema, segment: MappedSegment) -> SegmentReader:
    return SegmentReader(FileStorage(folder), schema, segment)


def postings(reader: SegmentReader, field: str, token: str) -> Block | None:
    """A posting list read at once, None if there is none."""
    try:
        matcher = reader._terms.matcher(field, token.encode(), reader.schema[field].format)
    except TermNotFound:
        return None
    ids, weights = [], []
    values: list[bytes] = []
    while True:
        matcher._read_data()
        gaps, block_weights, block_values = matcher._data
        ids.append(np.cumsum(np.array(gaps, "i4"), dtype="i4"))
        weights.append(_weights(block_weights, len(gaps)))
        values += block_values or ()
        if matcher._lastblock:
            return Block(np.concatenate(ids), np.concatenate(weights), values)
        matcher._next_block()


def _weights(stored: Any, count: int) -> NDArray[Any]:
    """Whoosh stores None for all ones, one number for all equal, or all of them."""
    if stored is None or isinstance(stored, float):
        return np.full(count, 1 if stored is None else stored, "f4")
    return np.array(stored, "f4")


def column(reader: SegmentReader, name: str, size: int) -> NDArray[Any]:
    """The values of a numeric column, one per document; 0 where none was given."""
    stored = reader.column_reader(name, translate=False)
    code = reader.schema[name].column_type._typecode
    values = np.zeros(size, np.dtype(code))
    if not isinstance(stored, EmptyColumnReader):
        width, count = array(code).itemsize, min(stored._count, size)
        values[:count] = np.frombuffer(stored._dbfile.get(stored._basepos, count * width), np.dtype(code).newbyteorder(">"))
    return values
