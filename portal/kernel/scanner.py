"""The virus scanner: clamd, asked over its socket with the bytes themselves, so that it needs no file of ours."""

import contextlib
import socket
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from portal.kernel.checks import BAD, GOOD, Finding, examines
from portal.kernel.house import House

PATIENCE = 60.0  # seconds for an answer
PIECE = 1 << 16
LONGEST = 500  # characters of a name
TOO_LARGE = b"size limit exceeded"


class Unanswered(OSError):
    """It said something else than whether there is a virus."""


def scan(url: str, file: BinaryIO) -> str:
    """The name of what was found in these bytes; "" for nothing, or where they are more than it takes. OSError where it is away."""
    with _connected(url) as line:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # past its limit it answers and hangs up
            line.sendall(b"zINSTREAM\0")
            while piece := file.read(PIECE):
                line.sendall(len(piece).to_bytes(4, "big") + piece)
            line.sendall(b"\0\0\0\0")
        said = _answer(line)
    if said.endswith(b"FOUND"):
        return said.removeprefix(b"stream: ").removesuffix(b" FOUND").decode("utf-8", "replace")[:200] or "?"
    if said.endswith(b"OK") or TOO_LARGE in said:
        return ""
    raise Unanswered(f"the scanner said {said[:100]!r}")


@examines("scanner")
def examine(house: House) -> Iterator[Finding]:
    """Whether the scanner answers, where there is to be one."""
    url = house.settings.clamd_url
    if not url:
        return
    try:
        with _connected(url) as line:
            line.sendall(b"zPING\0")
            said = _answer(line)
    except OSError as error:
        yield Finding(
            "scanner",
            BAD,
            f"the virus scanner cannot be reached ({error}); new files are held back",
            "start clamd, or see MAINSTAY_CLAMD_URL",
        )
        return
    good = said == b"PONG"
    yield Finding("scanner", GOOD if good else BAD, "the virus scanner answers" if good else f"the virus scanner said {said[:50]!r}")


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), PATIENCE)


def _answer(line: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST and (piece := line.recv(LONGEST)):
        said += piece
    return said.rstrip(b"\0\n")
