"""Bytes by their hash: durable before they are named, gone where anything failed, one copy of what came twice."""

import contextlib
import errno
import hashlib
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from portal.kernel import storage
from portal.kernel.errors import Busy, TooLarge
from portal.kernel.storage import Directory


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    for name in ("blobs", "uploads"):
        (tmp_path / name).mkdir()
    return Directory(tmp_path / "blobs", tmp_path / "uploads")


def everything(directory: Directory) -> list[Path]:
    return [found for root in (directory.root, directory.scratch) for found in root.rglob("*") if found.is_file()]


def test_a_stream_is_stored_under_its_hash(directory):
    stored = directory.put([b"left ", b"right"], 100)
    assert stored.sha256 == hashlib.sha256(b"left right").hexdigest()
    assert (stored.size, stored.head) == (10, b"left right")
    with directory.open(stored.sha256) as file:
        assert file.read() == b"left right"
    assert list(directory.names()) == [stored.sha256]
    assert oct(directory.path(stored.sha256).stat().st_mode)[-3:] == "600"


def test_the_head_is_the_first_4_kib(directory):
    stored = directory.put([b"a" * 3000, b"b" * 3000, b"c" * 3000], 10_000)
    assert stored.head == b"a" * 3000 + b"b" * 1096


def test_what_comes_twice_is_stored_once(directory):
    assert directory.put([b"same"], 9) == directory.put([b"sa", b"me"], 9)
    assert len(everything(directory)) == 1


def test_what_is_too_large_leaves_nothing(directory):
    assert directory.put([b"x" * 10], 10).size == 10
    with pytest.raises(TooLarge, match="10 bytes"):
        directory.put([b"y" * 6, b"y" * 6], 10)
    assert len(everything(directory)) == 1


def test_an_intake_that_is_closed_early_leaves_nothing(directory):
    coming = directory.intake(100)
    coming.write(b"half")
    coming.close()
    coming.close()
    assert everything(directory) == []


def test_every_failing_call_leaves_nothing_and_says_so(directory, monkeypatch):
    """The n-th call of the disk fails, for every n until one run comes through."""
    for n in range(1, 40):
        with monkeypatch.context() as patched:
            left = count_down(patched, n)
            try:
                directory.put([b"never", b"lost"], 100)
            except Busy:
                assert [found for found in everything(directory) if found.parent == directory.scratch] == []
                for found in everything(directory):  # renamed, then the folder could not be synced: whole, and named by no row
                    assert hashlib.sha256(found.read_bytes()).hexdigest() == found.name
                continue
        if left[0] > 0:
            break
    else:
        pytest.fail("it never came through")
    assert n >= 5
    assert directory.put([b"never", b"lost"], 100).size == 9


def count_down(patched: pytest.MonkeyPatch, n: int) -> list[int]:
    left = [n]

    def failing(real):
        def call(*arguments, **named):
            left[0] -= 1
            if left[0] == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*arguments, **named)

        return call

    patched.setattr(storage.tempfile, "mkstemp", failing(storage.tempfile.mkstemp))
    for name in ("fsync", "replace"):
        patched.setattr(storage.os, name, failing(getattr(os, name)))
    patched.setattr(storage.os, "fdopen", opening(failing))
    return left


def opening(failing):
    real = os.fdopen

    class File:
        def __init__(self, handle, *rest, **named):
            self.file = real(handle, *rest, **named)
            self.write = failing(self.file.write)

        def __getattr__(self, name):
            return getattr(self.file, name)

    return File


def test_only_what_is_old_enough_is_removed(directory):
    stored = directory.put([b"bytes"], 100)
    assert not directory.remove(stored.sha256, older_than=3600)
    assert directory.path(stored.sha256)
    grown_old(directory.path(stored.sha256))
    assert directory.remove(stored.sha256, older_than=3600)
    assert not directory.remove(stored.sha256, older_than=3600)
    with pytest.raises(FileNotFoundError):
        directory.path(stored.sha256)
    assert everything(directory) == []


def test_bytes_that_come_again_are_young_again(directory):
    stored = directory.put([b"bytes"], 100)
    grown_old(directory.path(stored.sha256))
    directory.put([b"bytes"], 100)
    assert not directory.remove(stored.sha256, older_than=3600)


def test_a_process_killed_while_receiving_leaves_nothing_under_a_name(directory):
    script = f"""
        from pathlib import Path
        from portal.kernel.storage import Directory
        coming = Directory(Path({str(directory.root)!r}), Path({str(directory.scratch)!r})).intake(10**9)
        coming.write(b"x" * 100_000)
        print("ready", flush=True)
        input()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    with process:
        assert process.stdout.readline() == b"ready\n"
        process.kill()
    assert list(directory.names()) == []
    left = everything(directory)
    assert len(left) == 1
    assert directory.forget_cut_off(older_than=3600) == 0
    grown_old(left[0])
    assert directory.forget_cut_off(older_than=3600) == 1
    assert everything(directory) == []


def test_a_sweep_leaves_what_others_put_into_the_scratch_folder(directory):
    theirs = directory.scratch / "resumable"
    theirs.write_bytes(b"half of a large file")
    grown_old(theirs)
    directory.forget_cut_off(older_than=3600)
    assert theirs.exists()


def test_memory_does_not_grow_with_the_file(directory):
    resource = pytest.importorskip("resource")
    directory.put([b"warm"], 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    directory.put((bytes(64 * 1024) for _ in range(512)), 10**9)  # 32 MiB
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # KiB
    assert grown < 8 * 1024


def grown_old(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.utime(path, (time.time() - 7200,) * 2)
