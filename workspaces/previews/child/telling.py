"""What the child says on its standard output: a line of JSON for each page, bytes behind it where it has a picture, a line at the end."""

import json
import sys
from collections.abc import Iterable, Iterator

PAGES = 2000  # most of a file
LONGEST = 100_000  # characters of a page
TEXT = 16 << 20  # characters of a file
PAGE = 3500  # characters of a page where a file has none of its own


class Unreadable(Exception):
    """Why a file is not read, in one word: kind, locked, broken, large."""


def page(number: int, text: str = "", *, picture: bytes = b"", width: int = 0, height: int = 0) -> int:
    """Tell of one page; how many characters it was."""
    text = text.replace("\0", " ").encode("utf-8", "replace").decode()[:LONGEST]
    line = {"page": number, "text": text, "bytes": len(picture), "width": width, "height": height}
    sys.stdout.buffer.write(json.dumps(line).encode() + b"\n" + picture)
    return len(text)


def end(**said: object) -> None:
    sys.stdout.buffer.write(json.dumps({"end": True, **said}).encode() + b"\n")
    sys.stdout.buffer.flush()


def tell(pages: Iterable[str]) -> None:
    """The pages of a file, as far as they are kept."""
    told = number = 0
    for number, text in enumerate(pages, 1):
        if number > PAGES or told > TEXT:
            return end(pages=number - 1, cut=True)
        told += page(number, text)
    end(pages=number, cut=False)


def parted(text: str) -> Iterator[str]:
    """A text without pages in parts of about a page, cut at the ends of lines, of words where there are none."""
    at = 0
    while at < len(text):
        until = min(at + PAGE, len(text))
        if until < len(text):
            cut = max(text.rfind("\n", at + PAGE // 2, until), 0) or max(text.rfind(" ", at + PAGE // 2, until), 0)
            until = cut + 1 if cut else until
        if part := text[at:until].strip("\n"):
            yield part
        at = until
