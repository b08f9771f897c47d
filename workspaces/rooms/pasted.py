"""People as they are pasted or exported: addresses by comma, semicolon or line, `Name <a@b>`, rows of a spreadsheet, a CSV."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO

from pydantic import TypeAdapter, ValidationError

from portal.imports.reading import Table
from portal.kernel.errors import Invalid
from portal.kernel.schemas import clean, mailbox
from portal.kernel.words import gettext as _
from workspaces.rooms.schemas import MOST

PIECES = re.compile(r'(?:"[^"\n]*"|[^,;\n])+')
NAMED = re.compile(r"(.*?)<\s*([^<>]*?)\s*>")
EMAIL_HEADING = re.compile(r"(e-?mail|mail)\b.*|.*\be-?mail( address)?", re.IGNORECASE)
NAME_HEADING = re.compile(r"(full |display |first |given |last |family )?name|surname|(vor|nach)name", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One line of a list: `email` in lower case, or '' where `said` is no address."""

    email: str
    name: str = ""
    said: str = ""


def read_box(box: str) -> list[Entry]:
    """Whoever stands in a box of text, each once."""
    lines = [line for line in clean(box).split("\n") if line.strip()]
    if any("\t" in line for line in lines):
        return _once(_of_rows([line.split("\t") for line in lines]))
    return _once(entry for line in lines for entry in _of_line(line))


def read_table(file: BinaryIO) -> list[Entry]:
    """Whoever stands in a CSV, with headings or without. Raises Invalid for what is no table."""
    table = Table(file)
    rows = [table.headings, *(cells or [_("A line that cannot be read")] for _line, cells in table.rows())]
    return _once(_of_rows([[clean(cell) for cell in row] for row in rows]))


def as_box(entries: Iterable[Entry]) -> str:
    """The same people as text that `read_box` reads back."""
    return "\n".join(f'"{entry.name}" <{entry.email}>' if entry.email and entry.name else entry.email or entry.said for entry in entries)


def _once(entries: Iterable[Entry]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.email or entry.said, entry)
    if not found:
        raise Invalid(("emails", _("Write at least one address.")))
    if len(found) > MOST:
        raise Invalid(("emails", _("That are %(n)s addresses; at most %(most)s at once.", n=len(found), most=MOST)))
    return list(found.values())


def _of_line(line: str) -> list[Entry]:
    """The people of a line: each address is one, and a name alone belongs to the address that it stands beside."""
    pieces = [piece.strip() for piece in PIECES.findall(line) if piece.strip()]
    if sum("@" in piece for piece in pieces) == 1 and not any("<" in piece and "@" not in piece for piece in pieces):
        return [_of_cells(pieces)]
    found, before = [], ""
    for piece in pieces:
        if "@" not in piece and "<" not in piece and not before:
            before = piece
            continue
        if before and "<" not in piece:  # a name belongs to `Name <a@b>` alone: Voss, Elena <elena@x>
            found.append(Entry("", said=before[:80]))
            before = "" if "@" in piece else piece
            if not before:
                found.append(_of_cells([piece]))
            continue
        found.append(_of_cells([before, piece] if before else [piece]))
        before = ""
    return [*found, Entry("", said=before[:80])] if before else found


def _of_rows(rows: list[list[str]]) -> list[Entry]:
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not rows or any("@" in cell for cell in rows[0]):
        return [_of_cells(row) for row in rows]
    address = next((n for n, cell in enumerate(rows[0]) if EMAIL_HEADING.fullmatch(cell)), None)
    if address is None:
        return [_of_cells(row) for row in rows]
    names = [n for n, cell in enumerate(rows[0]) if NAME_HEADING.fullmatch(cell)]
    return [_of_cells([*(row[n] for n in names if n < len(row)), row[address] if address < len(row) else ""]) for row in rows[1:]]


def _of_cells(cells: list[str]) -> Entry:
    """A row: the first cell with an address; the name is in it, in the two cells before it, or in the one after."""
    cells = [cell for cell in cells if cell]
    said = ", ".join(cells)[:80]
    at = next((n for n, cell in enumerate(cells) if "@" in cell or "<" in cell), None)
    if at is None:
        return Entry("", said=said)
    named = NAMED.fullmatch(cells[at])
    own, email = (named[1], named[2]) if named else ("", cells[at])
    beside = [*([own] if own.strip(" \"'") else []), *cells[max(0, at - 2) : at]] or cells[at + 1 : at + 2]
    try:
        return Entry(_mailbox().validate_python(email), " ".join(" ".join(beside).replace('"', " ").strip(" '").split())[:120], said)
    except ValidationError:
        return Entry("", said=said)


@cache
def _mailbox() -> TypeAdapter[Any]:
    return TypeAdapter(mailbox())
