"""The walls of who prints, by themselves: wherever the kernel has them, LibreOffice or not."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from search.demo import papers
from workspaces.previews import printing
from workspaces.previews.child import filter, landlock
from workspaces.previews.child.confine import LONGEST, PRINTING
from workspaces.previews.running import ask

pytestmark = pytest.mark.skipif(
    not landlock.version() or not filter.known(), reason="this kernel has no Landlock: nothing is printed on it, which other tests see to"
)
BEFORE = "import ctypes, os, sys, threading, time; scratch, there = sys.argv[1:]\n"
WALLS = "from workspaces.previews.child.confine import confine_to; confine_to(scratch, [])\n"


def runs(walls: str, act: str, *words: str) -> bool:
    told = subprocess.run([sys.executable, "-c", BEFORE + walls + act, *words], capture_output=True, check=False, timeout=60)
    return told.returncode == 0


@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/passwd').read()",
        "open(there + '/kept').read()",
        "os.listdir(there)",
        "os.listdir('/')",
        "open(there + '/new', 'w')",
        "open(there + '/kept', 'a')",
        "os.truncate(there + '/kept', 3)",
        "os.chmod(there + '/kept', 0o600)",
        "os.rename(there + '/kept', there + '/moved'); os.rename(there + '/moved', there + '/kept')",
        "os.symlink('/etc/passwd', scratch + '/link'); os.unlink(scratch + '/link')",
        "os.link(there + '/kept', there + '/linked'); os.unlink(there + '/linked')",
        "open('/proc/self/environ').read()",
        "open('/proc/%d/environ' % os.getppid()).read()",
        "os.kill(os.getppid(), 0)",
        "os.fork() or os._exit(0)",
        "os.execv('/bin/true', ['true'])",
        "assert ctypes.CDLL(None).socket(2, 1, 0) >= 0",
        "assert ctypes.CDLL(None).socket(1, 2, 0) >= 0",
        f"bytearray({PRINTING})",
        f"assert open(scratch + '/large', 'wb', buffering=0).write(bytes({LONGEST} + 1)) == {LONGEST} + 1",
        "for _ in range(2000): threading.Thread(target=time.sleep, args=(0.3,)).start()",
    ],
)
def test_what_who_prints_may_not_do(tmp_path: Path, act: str) -> None:
    """Each is possible before the walls stand, and not behind them."""
    scratch, there = tmp_path / "scratch", tmp_path / "there"
    scratch.mkdir()
    there.mkdir()
    (there / "kept").write_text("words")
    assert runs("", act, str(scratch), str(there))
    assert not runs(WALLS, act, str(scratch), str(there))


def test_what_it_may_do(tmp_path: Path) -> None:
    act = """
open(scratch + '/one', 'w').write('words')
os.mkdir(scratch + '/in')
os.rename(scratch + '/one', scratch + '/in/two')
assert open(scratch + '/in/two').read() == 'words'
one = threading.Thread(target=os.unlink, args=(scratch + '/in/two',))
one.start(), one.join()
assert os.listdir(scratch + '/in') == []
"""
    assert runs(WALLS, act, str(tmp_path), "")


def test_what_it_reads_it_may_not_change(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "library").write_text("words")
    walls = WALLS.replace("[]", "[there + '/library', there + '/nowhere']")
    words = (str(tmp_path / "scratch"), str(tmp_path))
    assert runs(walls, "assert open(there + '/library').read() == 'words'", *words)
    assert not runs(walls, "open(there + '/library', 'a')", *words)


def test_without_the_walls_nothing_is_begun(tmp_path: Path) -> None:
    act = "from workspaces.previews.child import {0}; {0}.{1} = lambda *a, **k: {2}\n"
    for broken in (act.format("landlock", "version", "0"), act.format("filter", "_install", "False")):
        assert not runs(broken + WALLS, "print()", str(tmp_path), "")
    assert runs(WALLS, "print()", str(tmp_path), "")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="there are no other numbers on this machine")
def test_numbers_that_the_filter_does_not_know_are_refused(tmp_path: Path) -> None:
    """Those of x32 are the same calls by other numbers: to read the process's own is allowed, by the number that we know."""
    act = "assert ctypes.CDLL(None).syscall({}) == os.getpid()"
    assert runs(WALLS, act.format(39), str(tmp_path), "")
    assert not runs(WALLS, act.format(0x40000000 + 39), str(tmp_path), "")


def test_who_fills_its_folder_is_stopped(tmp_path: Path) -> None:
    answer = ask(io.BytesIO(papers.pdf("x")), tmp_path, "text", "application/pdf", fills=lambda: True)
    assert (answer.why, answer.pages) == ("large", [])
    assert ask(io.BytesIO(papers.pdf("x")), tmp_path, "text", "application/pdf", fills=lambda: False).pages


def test_what_fills_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one").write_bytes(bytes(100))
    assert not printing._fills(tmp_path)
    monkeypatch.setattr(printing, "ROOM", 99)
    assert printing._fills(tmp_path)
    monkeypatch.setattr(printing, "ROOM", 100)
    monkeypatch.setattr(printing, "MOST", 1)
    assert printing._fills(tmp_path)
