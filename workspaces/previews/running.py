"""Having a file read by the child, and believing nothing it says: it is stopped when it takes long or says much."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from portal.kernel.storage import PREFIX

WALL = 30.0  # seconds by the clock
SAID = 64 << 20  # bytes of an answer
LINE = 1 << 20
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


def ask(file: BinaryIO, scratch: Path, *words: str, wall: float = WALL) -> Answer:
    """Start the child on a file, and hear it to the end. OSError where the file itself cannot be had."""
    answer = Answer()
    with _on_disk(file, scratch) as source:
        child = subprocess.Popen(  # noqa: S603 - our own module, and words of ours
            [sys.executable, "-I", "-m", "workspaces.previews.child", *words],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        late = threading.Event()
        clock = threading.Timer(wall, _too_late, (child, late))
        clock.start()
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
        answer.why = "slow" if late.is_set() or code == -signal.SIGXCPU else "crashed"
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


def _too_late(child: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    _stop(child)


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
