"""What a directory and a bucket have in common: one contract, both adapters."""

import hashlib
import io
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portal.kernel import bucket as bucket_room
from portal.kernel.bucket import FIRST, Bucket
from portal.kernel.errors import Busy, TooLarge
from portal.kernel.storage import Directory, Storage
from tests.buckets import KEYS, S3
from tests.cutting import Wire


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    made = S3()
    yield made
    made.stop()


@pytest.fixture
def bucket(s3, tmp_path, monkeypatch) -> Bucket:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    return Bucket(s3.bucket(), tmp_path)


@pytest.fixture(params=["directory", "bucket"])
def storage(request, tmp_path) -> Storage:
    if request.param == "bucket":
        return request.getfixturevalue("bucket")
    for name in ("blobs", "scratch"):
        (tmp_path / name).mkdir()
    return Directory(tmp_path / "blobs", tmp_path / "scratch")


def grown_old(storage, sha256, monkeypatch) -> None:
    """Two hours go by."""
    if isinstance(storage, Directory):
        os.utime(storage.path(sha256), (time.time() - 7200,) * 2)
    else:
        later = datetime.now(UTC) + timedelta(hours=2)
        monkeypatch.setattr(bucket_room, "_age", lambda meta: (later - meta["last_modified"]).total_seconds())


def left_in(storage) -> list[str]:
    return [found.name for found in storage.scratch.iterdir() if found.is_file()]


def test_what_is_stored_is_read_under_its_hash(storage):
    stored = storage.put([b"half ", b"and half"], 100)
    assert stored.sha256 == hashlib.sha256(b"half and half").hexdigest()
    assert (stored.size, stored.head) == (13, b"half and half")
    with storage.open(stored.sha256) as file:
        assert file.read() == b"half and half"
    assert list(storage.names()) == [stored.sha256]
    assert left_in(storage) == []


def test_nothing_at_all_can_be_stored(storage):
    stored = storage.put([], 100)
    with storage.open(stored.sha256) as file:
        assert file.read() == b""


def test_the_same_bytes_are_stored_once(storage):
    assert storage.put([b"same"], 100) == storage.put([b"sa", b"me"], 100)
    assert len(list(storage.names())) == 1


def test_it_is_read_from_anywhere(storage):
    content = bytes(range(256)) * 4 * (FIRST // 256)  # 1 MiB: several pieces of a bucket
    sha256 = storage.put([content], len(content)).sha256
    with storage.open(sha256) as file:
        assert file.seek(0, io.SEEK_END) == len(content)
        for start, length in ((0, 1), (len(content) - 3, 3), (FIRST - 1, 2), (5, FIRST + 5), (FIRST * 2 + 7, 100)):
            file.seek(start)
            assert file.read(length) == content[start : start + length]
            assert file.tell() == start + length
        file.seek(0)
        assert hashlib.sha256(file.read()).hexdigest() == sha256
        assert file.read(1) == b""


def test_what_is_not_there_is_said(storage):
    stored = storage.put([b"there"], 100)
    with storage.open(stored.sha256):
        pass
    with pytest.raises(FileNotFoundError):
        storage.open("0" * 64)
    assert not storage.remove("0" * 64)


def test_past_the_limit_nothing_stays(storage):
    assert storage.put([b"x" * 10], 10).size == 10
    with pytest.raises(TooLarge):
        storage.put([b"y" * 10, b"y"], 10)
    assert len(list(storage.names())) == 1
    assert left_in(storage) == []


def test_what_is_not_settled_leaves_nothing(storage):
    coming = storage.intake(100)
    coming.write(b"given up")
    assert len(left_in(storage)) == 1
    coming.close()
    assert (list(storage.names()), left_in(storage)) == ([], [])


def test_settling_twice_is_settling_once(storage):
    coming = storage.intake(100)
    coming.write(b"once")
    assert coming.settle() == coming.settle()
    coming.close()
    assert len(list(storage.names())) == 1


def test_only_what_is_old_enough_is_removed(storage, monkeypatch):
    stored = storage.put([b"bytes"], 100)
    assert not storage.remove(stored.sha256, older_than=3600)
    grown_old(storage, stored.sha256, monkeypatch)
    assert storage.remove(stored.sha256, older_than=3600)
    assert not storage.remove(stored.sha256, older_than=3600)
    assert list(storage.names()) == []


def test_removed_at_once_it_is_gone(storage):
    stored = storage.put([b"bytes"], 100)
    assert storage.remove(stored.sha256)
    with pytest.raises(FileNotFoundError):
        storage.open(stored.sha256)


# --- a bucket alone ---------------------------------------------------------------------------------------------------


def test_bytes_that_come_while_they_are_swept_are_not_lost(bucket, monkeypatch):
    stored = bucket.put([b"swept"], 100)
    grown_old(bucket, stored.sha256, monkeypatch)
    head = bucket.store.head

    class Racing:
        """The same bytes come between the look and the end."""

        def __getattr__(self, name):
            return getattr(store, name)

        def head(self, key):
            seen = head(key)
            store.put(key, b"swept")
            return seen

    store, bucket.store = bucket.store, Racing()
    assert bucket.remove(stored.sha256, older_than=3600)
    bucket.store = store
    assert list(bucket.names()) == []
    with bucket.open(stored.sha256) as file:
        assert file.read() == b"swept"
    assert list(bucket.names()) == [stored.sha256]


def test_what_was_laid_aside_goes_in_the_end(bucket, monkeypatch):
    stored = bucket.put([b"swept"], 100)
    grown_old(bucket, stored.sha256, monkeypatch)
    assert bucket.remove(stored.sha256, older_than=3600)
    assert bucket.forget_cut_off(older_than=3600) == 1
    with pytest.raises(FileNotFoundError):
        bucket.open(stored.sha256)


@pytest.mark.parametrize("content", [b"small", bytes(3 * FIRST)])
def test_altered_bytes_are_not_given_out_whole(bucket, content):
    stored = bucket.put([content], 10**7)
    with bucket.open(stored.sha256) as file:
        assert file.read() == content
    bucket.store.put(f"{stored.sha256[:2]}/{stored.sha256}", content[:-1] + b"X")
    with bucket.open(stored.sha256) as file, pytest.raises(OSError, match="were altered"):
        file.read()


def test_a_large_file_goes_up_in_parts_and_comes_down_whole(bucket):
    piece = bytes(range(256)) * 4096  # 1 MiB
    stored = bucket.put([piece] * 20, 10**9)
    digest = hashlib.sha256()
    with bucket.open(stored.sha256) as file:
        while part := file.read(65536):
            digest.update(part)
    assert digest.hexdigest() == stored.sha256
    assert left_in(bucket) == []


def test_a_store_that_breaks_off_acknowledges_nothing_and_is_asked_again(bucket, s3, tmp_path):
    wire = Wire(s3.port)
    wire.cut_at = b"PUT /"
    cut = Bucket(s3.url(f"{bucket.name}/files", wire.port), tmp_path)
    with pytest.raises(Busy):
        cut.put([b"never acknowledged"], 100)
    assert wire.cuts > 0
    assert left_in(bucket) == []
    wire.cut_at = b""
    assert cut.put([b"never acknowledged"], 100).size == 18
    wire.close()


def test_no_bucket_no_server_no_rights_are_told_apart(s3, bucket, tmp_path):
    with pytest.raises(OSError, match="there is no bucket nobodys"):
        list(Bucket(s3.url("nobodys"), tmp_path).names())
    with pytest.raises(OSError, match="cannot be reached"):
        list(Bucket(s3.url(bucket.name, port=1), tmp_path).names())
