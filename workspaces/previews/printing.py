"""Office documents as PDF, where LibreOffice is there and a wall can be put around it; read and pictured as PDFs are."""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from portal.kernel.checks import GOOD, POOR, Finding, examines
from portal.kernel.house import House
from portal.kernel.locks import file_lock
from portal.kernel.storage import PREFIX
from workspaces.previews.child import filter as calls
from workspaces.previews.child import landlock
from workspaces.previews.child.printing import FILTERS, OLD_TYPE, library
from workspaces.previews.child.telling import parted
from workspaces.previews.running import Answer, ask

PROGRAMS = ("soffice", "libreoffice")
WALL = 60.0  # seconds by the clock
ROOM = 256 << 20  # bytes of a scratch folder
MOST = 5000  # files in it
LOCK = "printing.lock"
SETTING_UP = 2  # times that it is asked: LibreOffice sets up its profile first, and ends
TABLES, SLIDES = "spreadsheet", "presentation"  # in their types
NAMED = re.compile(r"[^\W\d_]")  # a letter
TRIED = b"{\\rtf1 Mainstay}"


def program() -> str:
    """The folder of LibreOffice's program; "" where there is none that we know how to run."""
    for name in PROGRAMS:
        if (found := shutil.which(name)) and library(folder := os.path.dirname(os.path.realpath(found))):
            return folder
    return ""


def unable() -> str:
    """Why nothing is printed here; "" where it is."""
    if not program():
        return "LibreOffice is not there"
    if not landlock.version():
        return "this kernel has no Landlock"
    return "" if calls.known() else "no filter of system calls is known for this machine"


@dataclass
class Printed:
    """A file of storage as PDF: made when it is first asked for, gone with the block that it was made in."""

    house: House
    sha256: str
    mime: str
    why: str = ""  # it was not
    _made: list[bytes] = field(default_factory=list)

    @property
    def wanted(self) -> bool:
        """Whether it is to be printed: it was, or is of a type that is."""
        return bool(self._made) or (not self.why and prints(self.mime))

    def pdf(self) -> BytesIO | None:
        """None where it cannot be printed; `why` says, in one of the child's words, what came of trying."""
        if not self._made and not self.why:
            with self.house.storage.open(self.sha256) as file:
                answer = in_pdf(self.house, file, self.mime)
            self.why = answer.why
            self._made = [page.picture for page in answer.pages if page.picture][:1]
        return BytesIO(self._made[0]) if self._made else None


def in_pdf(house: House, file: BinaryIO, mime: str) -> Answer:
    """The PDF, as the picture of the only page; one at a time, each with a scratch folder of its own."""
    if unable():
        return Answer(why="kind")
    folder = house.settings.uploads_dir
    with file_lock(house.settings.data_dir / LOCK), _scratch(folder) as scratch:
        environ = {"HOME": str(scratch), "TMPDIR": str(scratch), "SAL_USE_VCLPLUGIN": "svp"}
        until = time.monotonic() + WALL
        for _time in range(SETTING_UP):
            file.seek(0)
            left = max(0.1, until - time.monotonic())
            words = ("pdf", mime, program(), str(scratch))
            answer = ask(file, folder, *words, wall=left, environ=environ, fills=lambda: _fills(scratch))
            if answer.why or answer.pages:
                return answer
    return Answer(why="broken")


def together(read: list[str], printed: list[str], mime: str) -> list[str]:
    """The words of the pages of a document that was both read and printed. Slides and sheets are as they were read, with the notes and
    as tables, where each became a page, and with what only printing shows; other pages have the words that are printed on them, and
    behind them comes what was read and is printed nowhere: comments, what is hidden."""
    if (SLIDES in mime or TABLES in mime) and len(read) == len(printed):
        return ["\n".join(filter(None, [page, *_beside(shown, page)])) for page, shown in zip(read, printed, strict=True)]
    return [*printed, *parted("\n".join(_beside("\n".join(read), "\n".join(printed))))]


def _beside(text: str, known: str) -> list[str]:
    """The lines of a text with a word that is not among those; numbers, which are printed in many ways, count for none."""
    words = set(known.split())
    return [line for line in text.splitlines() if any(word not in words and NAMED.search(word) for word in line.split())]


def prints(mime: str) -> bool:
    """Whether such a file may be printed, by its type; others are known by their first bytes alone."""
    return mime in FILTERS or mime == OLD_TYPE


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A folder for one file, gone with the block, whatever was put into it."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder.resolve()))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _fills(scratch: Path) -> bool:
    """Whether there is more in a folder than may be."""
    count = size = 0
    for folder, folders, files in os.walk(scratch):
        count += len(folders) + len(files)
        for name in files:
            try:
                size += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:  # gone since
                continue
        if count > MOST or size > ROOM:
            return True
    return False


@examines("previews", thorough=True)
def examine(house: House) -> Iterator[Finding]:
    """Whether Office documents are pictured, tried with a small one."""
    mend = "Install the packages that docs/operating.md names, then: mainstay previews again --all"
    if why := unable():
        yield Finding("previews", GOOD, f"Office documents are shown by their words alone: {why}", "" if program() else mend)
        return
    answer = in_pdf(house, BytesIO(TRIED), "text/plain")
    if answer.pages:
        yield Finding("previews", GOOD, f"Office documents are pictured, behind walls, by {program()}")
    else:
        yield Finding("previews", POOR, f"LibreOffice is there and prints nothing ({answer.why}): {answer.error}", mend)
