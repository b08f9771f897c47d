"""An index that is missing, cut, altered or not ours is noticed when it is opened, and a rebuild heals it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from search.engines import IndexDamaged, Query, SearchEngine, open_engine
from search.engines.whoosh import internals
from search.engines.whoosh import root as roots
from tests.search.engines.worlds import MINE, NO_TAIL, SECRET, build, document, found

DOCUMENTS = [document(number, f"pump word{number}") for number in range(1, 40)]


def _engine(folder: Path) -> SearchEngine:
    return open_engine(f"whoosh://{folder}", SECRET)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An index with a checkpoint and a later generation."""
    engine = build(_engine(tmp_path / "index"), [DOCUMENTS[:20]])
    engine.checkpoint()
    engine.apply(DOCUMENTS[20:], [DOCUMENTS[0].key])
    engine.close()
    return tmp_path / "index"


def _files(root: Path, pattern: str) -> list[Path]:
    return sorted(roots.current(root).glob(pattern), key=lambda path: path.stat().st_mtime_ns)


def _flip(path: Path, place: float) -> None:
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "everything deleted": shutil.rmtree,
    "no CURRENT": lambda root: (root / "CURRENT").unlink(),
    "CURRENT names another place": lambda root: (root / "CURRENT").write_text("../../etc"),
    "CURRENT of another version": lambda root: (root / "CURRENT").write_text("0" * 12 + "-" + "0" * 16),
    "folder deleted": lambda root: shutil.rmtree(roots.current(root)),
    "no manifest": lambda root: _files(root, "PUBLISHED")[0].unlink(),
    "empty manifest": lambda root: _files(root, "PUBLISHED")[0].write_bytes(b""),
    "flip in the manifest": lambda root: _flip(_files(root, "PUBLISHED")[0], 0.7),
    "no list of segments": lambda root: _files(root, "*.toc")[-1].unlink(),
    "empty list of segments": lambda root: _files(root, "*.toc")[-1].write_bytes(b""),
    "flip in the list of segments": lambda root: _flip(_files(root, "*.toc")[-1], 0.5),
    "segment deleted": lambda root: _files(root, "*.seg")[-1].unlink(),
    "segment cut": lambda root: _files(root, "*.seg")[-1].write_bytes(_files(root, "*.seg")[-1].read_bytes()[:2_000]),
    "flip at the start of a segment": lambda root: _flip(_files(root, "*.seg")[-1], 0),
    "flip in a segment": lambda root: _flip(_files(root, "*.seg")[-1], 0.3),
    "flip at the end of a segment": lambda root: _flip(_files(root, "*.seg")[-1], 1),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_found_on_opening_and_healed(root: Path, damage: str) -> None:
    expected = set(_engine(root).keys())
    DAMAGES[damage](root)
    engine = _engine(root)
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            engine.search(Query(), MINE, NO_TAIL)
    engine.quarantine()
    with pytest.raises(IndexDamaged, match="no index"):
        engine.generation()
    with engine.rebuild() as rebuild:
        rebuild.add(DOCUMENTS[1:])
    assert set(engine.keys()) == expected
    assert {path.name for path in root.iterdir()} == {"CURRENT", "writer.lock", roots.current(root).name}
    engine.close()


@pytest.mark.parametrize("damage", ["empty manifest", "empty list of segments", "segment cut"])
def test_the_writer_falls_back_to_the_checkpoint(root: Path, damage: str) -> None:
    """What a power cut does to files that were not forced to the disk."""
    lost = _engine(root).generation()
    DAMAGES[damage](root)
    engine = _engine(root)
    assert engine.recover() < lost
    assert set(found(engine, "pump", limit=99)) == {one.pk for one in DOCUMENTS[:20]}
    engine.apply(DOCUMENTS[20:], [DOCUMENTS[0].key])
    engine.checkpoint()
    assert set(found(engine, "pump", limit=99)) == {one.pk for one in DOCUMENTS[1:]}
    engine.close()


def test_a_flip_while_running_is_found_by_verifying(root: Path) -> None:
    engine = _engine(root)
    engine.verify()
    _flip(_files(root, "*.seg")[0], 0.5)
    with pytest.raises(IndexDamaged):
        engine.verify()


def test_a_foreign_index_is_not_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpickle(*_: object) -> None:
        raise AssertionError("unpickled before its seal was checked")

    monkeypatch.setattr(internals, "segments", unpickle)
    stranger = open_engine(f"whoosh://{root}", b"another secret")
    for ask in (stranger.generation, stranger.recover):
        with pytest.raises(IndexDamaged):
            ask()


def test_a_manifest_is_of_no_use_in_another_folder(root: Path) -> None:
    used = roots.current(root)
    other = roots.new_folder(root)
    shutil.copytree(used, other)
    (root / "CURRENT").write_text(other.name)
    with pytest.raises(IndexDamaged, match="another folder"):
        _engine(root).generation()


def test_a_forged_manifest_is_not_believed(root: Path) -> None:
    path = _files(root, "PUBLISHED")[0]
    seal, _, body = path.read_bytes().partition(b"\n")
    path.write_bytes(seal + b"\n" + json.dumps(json.loads(body) | {"generation": 99}, sort_keys=True).encode())
    with pytest.raises(IndexDamaged, match="seal"):
        _engine(root).generation()


def test_damage_after_opening_is_damage_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def garbled(*_: object) -> None:
        raise EOFError

    engine = _engine(root)
    engine.generation()
    monkeypatch.setattr(internals, "postings", garbled)
    with pytest.raises(IndexDamaged, match="can't be read"):
        found(engine, "word25")
