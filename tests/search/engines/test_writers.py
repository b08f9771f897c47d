"""Writers that are killed, come twice, stumble, or stop half-way: the same of every engine."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from search.engines import IndexDamaged, IndexLocked, IndexMissing, Query
from tests.search.engines.worlds import MINE, NO_TAIL, Factory, build, document, found

WRITER = """
import sys
from pathlib import Path
from tests.search.engines import conftest
from tests.search.engines.worlds import document
engine = getattr(conftest, sys.argv[1])(Path(sys.argv[2]))
engine.recover()
for batch in range(int(sys.argv[3]), 10_000):
    engine.apply([document(batch * 5 + n, "pump", author=batch % 9) for n in range(1, 6)], [])
    if batch % 10 == 0:
        engine.checkpoint()
    print(batch, flush=True)
"""


@pytest.mark.crash
def test_killed_writers_lose_nothing_that_was_acknowledged(make: Factory, kind: Any, tmp_path: Path) -> None:
    random = Random(1)
    build(make(tmp_path)).close()
    done = -1
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, kind.__name__, str(tmp_path), str(done + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(random.randint(5, 25)):
                done = int(writer.stdout.readline())
            time.sleep(random.random() / 30)
            os.kill(writer.pid, signal.SIGKILL)
            done = max([done, *map(int, writer.stdout.read().split())])
        engine = make(tmp_path)
        engine.verify()
        numbers = {int(key.removeprefix("post:")) for key, _ in engine.keys()}  # noqa: SIM118 - no dict
        assert numbers >= set(range(1, done * 5 + 6))
        assert len(numbers) % 5 == 0  # a batch is there or is not
        assert found(engine, "pump", limit=10_000) == sorted(numbers, reverse=True)


def test_a_document_that_poisons_takes_its_batch_back(make: Factory, tmp_path: Path) -> None:
    engine = build(make(tmp_path), [[document(1, "pump")]])
    with pytest.raises(UnicodeEncodeError):
        engine.apply([document(2, "pump"), document(3, "pump", kind="\ud800")], [])
    assert found(engine, "pump") == [1]
    engine.apply([document(2, "pump")], [])
    assert set(found(engine, "pump")) == {1, 2}
    engine.close()


def test_one_writer_only(make: Factory, tmp_path: Path) -> None:
    engine, other = build(make(tmp_path)), make(tmp_path)
    with pytest.raises(IndexLocked):
        other.apply([document(1)], [])
    engine.close()
    other.apply([document(1)], [])
    other.close()


def test_an_interrupted_rebuild_goes_on(make: Factory, tmp_path: Path) -> None:
    engine = build(make(tmp_path), [[document(1, "pump")]])
    engine.rebuild().add([document(2, "pump")], position="2")
    engine.checkpoint()
    engine.close()
    engine = make(tmp_path)
    assert engine.rebuilding()
    engine.apply([document(5, "pump")], [])  # goes into both
    assert engine.rebuild().position == "2"
    engine.rebuild().add([document(3, "pump")], position="3")
    engine.rebuild().publish()
    assert not engine.rebuilding()
    assert set(found(engine, "pump")) == {2, 3, 5}
    assert engine.rebuild().position == ""
    engine.rebuild().abandon()
    assert set(found(engine, "pump")) == {2, 3, 5}
    engine.close()


def test_an_index_of_another_secret_or_version_is_not_opened(make: Factory, stranger: Factory, tmp_path: Path) -> None:
    engine = build(make(tmp_path), [[document(1, "pump")]])
    engine.close()
    other = stranger(tmp_path)
    for ask in (other.generation, other.recover, lambda: found(other, "pump"), lambda: other.apply([document(2)], [])):
        with pytest.raises(IndexDamaged):
            ask()
    other.quarantine()
    with pytest.raises(IndexMissing):
        other.generation()
    with other.rebuild() as rebuild:
        rebuild.add([document(2, "pump")])
    assert found(other, "pump") == [2]
    other.close()


def test_searching_goes_on_during_batches_and_a_swap(make: Factory, tmp_path: Path) -> None:
    writer = build(make(tmp_path), [[document(n, "pump") for n in range(1, 6)]])
    failures: list[BaseException] = []
    counts: list[int] = []
    stop = threading.Event()

    def read() -> None:
        reader = make(tmp_path)
        try:
            while not stop.is_set():
                counts.append(reader.search(Query(), MINE, NO_TAIL).total)
                assert counts[-1] % 5 == 0
                assert len(found(reader, "pump val*", limit=99)) % 5 == 0
        except BaseException as error:  # handed to the main thread
            failures.append(error)
        reader.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for batch in range(1, 30):
        writer.apply([document(batch % 12 * 5 + n, "pump valve" * (batch % 2)) for n in range(1, 6)], [])
        if batch % 10 == 5:
            with writer.rebuild() as rebuild:
                rebuild.add([document(n, "pump") for n in range(1, 61)])
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(counts)) > 1
    writer.close()
