"""The writing side: crashes, merges, left-overs, and searching meanwhile."""

import threading
from pathlib import Path
from typing import Any

import pytest

from search.engines import Query, SearchEngine, open_engine
from search.engines.whoosh import engine as engines
from search.engines.whoosh import folder as folders
from search.engines.whoosh import internals, manifest, merging
from search.engines.whoosh import root as roots
from tests.search.engines.worlds import MINE, NO_TAIL, SECRET, build, document, found


def _engine(folder: Path) -> SearchEngine:
    return open_engine(f"whoosh://{folder}", SECRET)


def test_a_commit_that_was_not_published_never_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = build(_engine(tmp_path), [[document(1, "pump")]])
    before = engine.generation()

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(manifest, "write", fail)
        with pytest.raises(OSError, match="disk full"):
            engine.apply([document(2, "pump")], ["post:1"])
    assert engine.generation() == before
    assert found(engine, "pump") == [1]
    engine.apply([document(2, "pump")], ["post:1"])
    assert found(engine, "pump") == [2]
    engine.close()


def test_a_commit_that_was_interrupted_after_publishing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = build(_engine(tmp_path), [[document(1, "pump")]])
    write = manifest.write

    def interrupted(*given: Any, **named: Any) -> None:
        write(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(manifest, "write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            engine.apply([document(2, "pump")], [])
    engine.verify()
    engine.apply([document(3, "pump")], ["post:1"])
    assert set(found(engine, "pump")) == {2, 3}
    engine.close()


def test_chooses_what_to_merge() -> None:
    assert merging.due([1] * 7) == []
    assert merging.due([1] * 8) == list(range(8))
    assert merging.due([5_000, *[1] * 8, 90]) == list(range(1, 9))
    assert merging.due([120] * 8) == list(range(8))
    assert merging.due([1_000] * 8) == []  # too long for a commit
    assert merging.crowded([1_000] * 30) == []
    assert merging.crowded([1_000] * 25 + [9] * 6) == [0, 1, 25, 26, 27, 28, 29, 30]
    assert merging.crowded([60_000] * 40) == []


def test_segments_stay_few_and_answers_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "CROWDED", 6)
    monkeypatch.setattr(merging, "INLINE", 20)
    engine = build(_engine(tmp_path))
    for number in range(1, 80):
        engine.apply([document(number, f"pump word{number}")], [f"post:{number - 3}"])
        assert len(list(roots.current(tmp_path).glob("PUBLISHED"))) == 1
    segments = engine._searcher.snapshot().segments  # type: ignore[attr-defined]
    assert len(segments) <= 7
    assert found(engine, "pump") == [79, 78, 77]
    assert found(engine, "word78") == [78]
    engine.close()


def test_the_first_commit_after_a_start_merges_nothing(tmp_path: Path) -> None:
    """Or a merge that once killed the process would do so again and again."""
    engine = build(_engine(tmp_path), [[document(n)] for n in range(1, 8)])
    engine.close()
    engine = _engine(tmp_path)
    for number, segments in ((8, 8), (9, 1)):
        engine.apply([document(number)], [])
        assert len(engine._searcher.snapshot().segments) == segments  # type: ignore[attr-defined]
    engine.close()


def test_superseded_files_stay_a_while(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = build(_engine(tmp_path))
    for number in range(1, 12):
        engine.apply([document(number, "pump")], [])
    folder = roots.current(tmp_path)
    assert len(list(folder.glob("*.toc"))) > 10
    (folder / f"{internals.NAME}_left0ver.trm").touch()
    monkeypatch.setattr(folders, "GRACE", 0)
    engine.checkpoint()
    assert len(list(folder.glob("*.toc"))) == 1
    assert len(list(folder.glob("*.seg"))) == len(engine._searcher.snapshot().segments)  # type: ignore[attr-defined]
    assert not list(folder.glob("*left0ver*"))
    engine.close()


def test_deleted_words_leave_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "GRACE", 0)
    engine = build(_engine(tmp_path), [[document(n, "pump", categories=(f"unspeakable{n}",)) for n in range(1, 30)]])
    engine.checkpoint()
    engine.apply([], ["post:7"])
    assert engine.purge() == 0
    engine.checkpoint()
    content = b"".join(path.read_bytes() for path in roots.current(tmp_path).iterdir())
    assert b"unspeakable8" in content
    assert b"unspeakable7" not in content
    engine.close()


def test_a_rebuild_that_is_not_whole_begins_again(tmp_path: Path) -> None:
    """Its checkpoint may lack what the index in use holds."""
    engine = build(_engine(tmp_path), [[document(1, "pump")]])
    engine.rebuild().add([document(2, "pump")], position="2")
    engine.checkpoint()
    engine.apply([document(3, "pump")], [])
    engine.close()
    building = roots.building(tmp_path)
    assert building
    (building / manifest.PUBLISHED).write_bytes(b"")
    engine = _engine(tmp_path)
    assert engine.recover()
    assert not engine.rebuilding()
    assert engine.rebuild().position == ""
    assert set(found(engine, "pump")) == {1, 3}
    engine.close()


def test_searching_goes_on_during_commits_merges_and_swaps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "GRACE", 0.05)
    monkeypatch.setattr(engines, "PAUSE", 0.001)
    writer = build(_engine(tmp_path), [[document(n, "pump") for n in range(1, 6)]])
    failures: list[BaseException] = []
    counts: list[int] = []
    stop = threading.Event()

    def read() -> None:
        reader = _engine(tmp_path)
        try:
            while not stop.is_set():
                counts.append(reader.search(Query(), MINE, NO_TAIL).total)
                assert counts[-1] % 5 == 0
                assert len(found(reader, "pump val*", limit=99)) % 5 == 0
        except BaseException as error:  # handed to the main thread
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for batch in range(1, 30):
        writer.apply([document(batch % 12 * 5 + n, "pump valve" * (batch % 2)) for n in range(1, 6)], [])
        if batch == 15:
            with writer.rebuild() as rebuild:
                rebuild.add([document(n, "pump") for n in range(1, 61)])
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(set(counts)) > 3
    writer.close()
