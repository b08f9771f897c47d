"""Each private name of Whoosh that we use does what we take it to do; stock Whoosh is the judge."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from whoosh.filedb import compound, structfile
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from search.engines.answering.parts import STEMS
from search.engines.whoosh import internals
from search.engines.whoosh.schema import NUMBERS, fields, schema
from tests.search.engines.worlds import COMMON, document, some_documents


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """An index of Whoosh's with one segment of 400 documents: several blocks per posting list."""
    internals.create(str(tmp_path), schema())
    with internals.writing(str(tmp_path), schema(), 64) as writer:
        for one in some_documents(Random(1), range(1, 401), (1, 2, 3), COMMON):
            writer.add_document(**fields(one))
        writer.commit()
    return str(tmp_path)


@pytest.fixture
def reader(folder: str) -> SegmentReader:
    (segment,) = internals.segments(folder, internals.newest_toc(folder), schema())
    return internals.open_reader(folder, schema(), segment)


def _stock(reader: SegmentReader, field: str, token: str) -> Iterator[tuple[int, float, Any]]:
    matcher = reader.postings(field, token)
    while matcher.is_active():
        yield matcher.id(), matcher.weight(), matcher.value()
        matcher.next()


def test_postings_equal_those_of_stock_whoosh(reader: SegmentReader) -> None:
    """`_terms`, `_read_data()`, `_data`, `_lastblock`, `_next_block()`."""
    sizes = []
    for field in reader.schema.names():
        if not reader.schema[field].indexed:
            continue
        for token in map(bytes.decode, reader.lexicon(field)):
            block = internals.postings(reader, field, token)
            assert block is not None
            expected = list(_stock(reader, field, token))
            assert block.ids.tolist() == [number for number, _, _ in expected]
            assert block.weights.tolist() == [weight for _, weight, _ in expected]
            if field == STEMS:
                assert block.values == [value for _, _, value in expected]
            sizes.append(len(expected))
    assert max(sizes) > 128  # more than one block
    assert internals.postings(reader, STEMS, "nowhere") is None


def test_columns_equal_those_of_stock_whoosh(reader: SegmentReader) -> None:
    """`_dbfile`, `_basepos`, `_count`."""
    for name in NUMBERS:
        assert internals.column(reader, name, 400).tolist() == list(reader.column_reader(name))


def test_columns_that_were_never_written_are_zero(tmp_path: Path) -> None:
    internals.create(str(tmp_path), schema())
    with internals.writing(str(tmp_path), schema(), 64) as writer:
        writer.add_document(**fields(document(1, "x", account=7)))
        writer.add_document(**fields(document(2, "x", account=0, author=0)))
        writer.commit()
    (segment,) = internals.segments(str(tmp_path), 1, schema())
    reader = internals.open_reader(str(tmp_path), schema(), segment)
    assert internals.column(reader, "account", 2).tolist() == [7, 0]
    assert internals.column(reader, "author", 2).dtype == np.dtype("u4")


def test_nothing_is_copied_when_opening(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`_source`, `_buf`, `file`: stock Whoosh makes a BytesIO of each part of a segment, we make none."""

    def copy(*_: object) -> None:
        raise AssertionError("copied to the heap")

    monkeypatch.setattr(structfile, "BytesIO", copy)
    monkeypatch.setattr(compound, "BytesIO", copy)
    (segment,) = internals.segments(folder, 1, schema())
    reader = internals.open_reader(folder, schema(), segment)
    assert isinstance(segment.open_compound_file(FileStorage(folder))._source, mmap.mmap)
    assert internals.postings(reader, STEMS, "price") is not None
    with pytest.raises(AssertionError, match="copied"):
        compound.CompoundStorage(FileStorage(folder).open_file(segment.make_filename(".seg"))).open_file(segment.make_filename(".trm"))


def test_the_cursor_reads_as_a_file_does(tmp_path: Path) -> None:
    content = b"first\nsecond " + b"x" * 9_000 + b"\nlast"
    (tmp_path / "file").write_bytes(content)
    cursor = internals.Cursor(memoryview(content))
    with open(tmp_path / "file", "rb") as file:
        for where in ((0, 0), (3, 0), (2, 1), (-4, 2), (0, 0)):
            assert cursor.seek(*where) == file.seek(*where)
            assert cursor.readline() == file.readline()
            assert cursor.read(4) == file.read(4)
            assert cursor.tell() == file.tell()
        ours, theirs = bytearray(20_000), bytearray(20_000)
        assert cursor.readinto(memoryview(ours)) == file.readinto(theirs)
        assert ours == theirs
        assert cursor.read() == file.read() == b""


def test_a_commit_deletes_nothing(folder: str) -> None:
    """`TOC.write`, `_commit_toc`: superseded files are ours to delete."""
    before = set(Path(folder).iterdir())
    with internals.writing(folder, schema(), 64) as writer:
        writer.add_document(**fields(document(1, "x")))
        writer.commit(optimize=True)
    assert before <= set(Path(folder).iterdir())
    assert internals.newest_toc(folder) == 2
    assert (Path(folder) / internals.toc_name(2)).exists()
    assert len(internals.segments(folder, 2, schema())) == 1
    assert internals.segments(folder, 1, schema())[0].doc_count_all() == 400


def test_the_lock_is_let_go_even_if_cancelling_fails(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`writelock`, `is_closed`."""

    cancel = internals.Writer.cancel

    def fail(writer: internals.Writer) -> None:
        cancel(writer)
        writer.is_closed = False
        writer.writelock.acquire()  # as if it had never been let go
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(internals.Writer, "cancel", fail)
        with pytest.raises(KeyboardInterrupt), internals.writing(folder, schema(), 64):
            raise KeyboardInterrupt
    with internals.writing(folder, schema(), 64) as writer:
        assert not writer.is_closed
