"""Having a file read by the child, and believing nothing it says: it is stopped when it takes long or says much."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from portal.kernel.storage import PREFIX

WALL = 30.0  # seconds by the clock
SAID = 64 << 20  # bytes of an answer
LINE = 1 << 20
LOOK = 0.2  # seconds between looks at what is written
REASONS = frozenset({"kind", "locked", "broken", "large"})


@dataclass
class Page:
    number: int
    text: str = ""
    picture: bytes = b""
    width: int = 0
    height: int = 0


@dataclass
class Answer:
    """What came of it. `why` is empty, one of the child's reasons, or `slow`, `large`, `crashed` where it had to be stopped or fell."""

    pages: list[Page] = field(default_factory=list)
    why: str = ""
    count: int = 0
    cut: bool = False
    error: str = ""
    walls: tuple[str, ...] = ()

    @property
    def again(self) -> bool:
        """Whether another try may fare better: the machine may have been busy."""
        return self.why in ("slow", "crashed", "large")


def ask(
    file: BinaryIO,
    scratch: Path,
    *words: str,
    wall: float = WALL,
    environ: Mapping[str, str] | None = None,
    fills: Callable[[], bool] | None = None,
) -> Answer:
    """Start the child on a file, and hear it to the end; it is stopped when it takes long, says much, or `fills()` the folder that it
    may write into. OSError where the file itself cannot be had."""
    answer = Answer()
    with _on_disk(file, scratch) as source:
        child = subprocess.Popen(  # noqa: S603 - our own module, and words of ours
            [sys.executable, "-I", "-m", "workspaces.previews.child", *words],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8", **(environ or {})},
            start_new_session=True,
        )
        late, full = threading.Event(), threading.Event()
        clock = threading.Timer(wall, _too_much, (child, late))
        clock.start()
        if fills is not None:
            threading.Thread(target=_watch, args=(child, fills, full), daemon=True).start()
        try:
            with child.stdout as told:  # type: ignore[union-attr]
                ended = _hear(cast(BinaryIO, told), answer)
        except (ValueError, KeyError, TypeError):
            ended = False
        finally:
            clock.cancel()
            _stop(child)
            code = child.wait()
    if not ended and not answer.why:
        answer.why = "large" if full.is_set() else "slow" if late.is_set() or code == -signal.SIGXCPU else "crashed"
    return answer


def _hear(told: BinaryIO, answer: Answer) -> bool:
    """Take the pages as they come; whether it came to its end."""
    heard = 0
    while line := told.readline(LINE):
        said: dict[str, Any] = json.loads(line)
        if said.get("end"):
            answer.why = said.get("refused", "") if said.get("refused", "") in REASONS | {""} else "broken"
            answer.count, answer.cut = int(said.get("pages", 0)), bool(said.get("cut"))
            answer.error, answer.walls = str(said.get("error", ""))[:300], tuple(said.get("walls", ()))
            return True
        picture = told.read(max(0, min(int(said["bytes"]), SAID)))
        heard += len(line) + len(picture)
        if heard > SAID:
            answer.why = "large"
            return False
        answer.pages.append(Page(int(said["page"]), str(said["text"]), picture, int(said["width"]), int(said["height"])))
    return False


def _too_much(child: "subprocess.Popen[bytes]", what: threading.Event) -> None:
    what.set()
    _stop(child)


def _watch(child: "subprocess.Popen[bytes]", fills: Callable[[], bool], full: threading.Event) -> None:
    while child.poll() is None:
        if fills():
            _too_much(child, full)
        time.sleep(LOOK)


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _on_disk(file: BinaryIO, scratch: Path) -> Iterator[BinaryIO]:
    """A file that a process can be given: itself, or a copy of what comes from a bucket."""
    try:
        file.fileno()
        yield file
    except (OSError, AttributeError, NotImplementedError):
        with tempfile.NamedTemporaryFile(prefix=PREFIX, dir=scratch) as copy:
            shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            copy.seek(0)
            yield copy  # type: ignore[misc]
