"""Reading tables as other systems write them: whatever the encoding, the delimiter, and the care taken. One row at a time."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _

SAMPLE = 256 * 1024  # bytes looked at to tell encoding and delimiter
LONGEST_CELL = 1_000_000  # characters
MOST_COLUMNS = 1000
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
DELIMITERS = ",;\t|"


def encoding_of(file: BinaryIO) -> str:
    """What a file is written in: as its mark says, else UTF-8 if all of it is, else the likeliest. Leaves the file at its start."""
    head = file.read(SAMPLE)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head[:200]:
        marked = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    found = marked or ("utf-8" if (odd := _not_utf8(file, head)) is None else likeliest(odd))
    file.seek(0)
    return found


def _not_utf8(file: BinaryIO, head: bytes) -> bytes | None:
    """The first piece of the file that is no UTF-8; None where all is."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    piece = head
    while piece:
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            return piece
        piece = file.read(SAMPLE)
    return None


def likeliest(piece: bytes) -> str:
    """The encoding that these bytes make the most sense in. Where most of it is ASCII it is what Western Windows writes: too little is
    left to tell by."""
    if sum(byte > 127 for byte in piece) * 7 < len(piece):
        return "cp1252"
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    best = from_bytes(piece[:SAMPLE]).best()
    return best.encoding if best is not None and best.encoding != "ascii" else "cp1252"


def delimiter_of(text: str) -> str:
    """The delimiter that gives the most rows of the heading's length."""

    def fit(delimiter: str) -> tuple[int, int]:
        lengths = [len(row) for row in _sampled(text, delimiter)]
        if not lengths or lengths[0] < 2:
            return 0, 0
        return Counter(lengths)[lengths[0]] * 100 // len(lengths), lengths[0]

    return max(DELIMITERS, key=fit)


def _sampled(text: str, delimiter: str) -> list[list[str]]:
    lines = text.splitlines(keepends=True)
    whole = lines[:-1] if len(lines) > 1 and not text.endswith("\n") else lines
    found = []
    try:
        for row in csv.reader(iter(whole), delimiter=delimiter):
            if any(row):
                found.append(row)
            if len(found) >= 60:
                break
    except csv.Error:
        return found
    return found


class Table:
    """A table that is being read: `headings` first, then `rows()` once."""

    def __init__(self, file: BinaryIO) -> None:
        csv.field_size_limit(LONGEST_CELL)
        encoding = encoding_of(file)
        sample = file.read(SAMPLE).decode(encoding, errors="replace").lstrip("\ufeff")
        file.seek(0)
        self.delimiter = delimiter_of(sample)
        self._text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        self._reader = csv.reader(self._text, delimiter=self.delimiter)
        self.headings = self._headings()

    def rows(self) -> Iterator[tuple[int, list[str] | None]]:
        """(line, cells) of each row that says something; None for one that cannot be read at all."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error:
                yield line, None
                continue
            if any(cell.strip() for cell in cells):
                yield line, cells

    def _headings(self) -> list[str]:
        try:
            first = next((row for row in self._reader if any(cell.strip() for cell in row)), None)
        except csv.Error:
            first = None
        if first is None:
            raise Invalid(("file", _("There is nothing in this file, or it is no table.")))
        if len(first) > MOST_COLUMNS:
            raise Invalid(("file", _("That are too many columns; at most %(n)s.", n=MOST_COLUMNS)))
        return [" ".join(cell.lstrip("\ufeff").replace("\0", "").split())[:120] for cell in first]
