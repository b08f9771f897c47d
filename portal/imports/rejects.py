"""The rows that did not go in, as a table that can be mended and read again. A cell that a spreadsheet would calculate gets an
apostrophe before it, which reading takes away again."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.imports.models import ImportReject, ImportRun

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) or (cell.startswith("'") and cell[1:].startswith(FORMULA)) else cell


def unguarded(cell: str) -> str:
    told = cell.strip()
    return told[1:] if told.startswith("'") and told[1:].lstrip("'").startswith(FORMULA) else told


def as_csv(session: Session, run: ImportRun, headings: list[str]) -> Iterator[str]:
    """The table, line by line: the file's own columns, then the line it stood in and why it was refused."""
    width = len(headings)
    yield _line([guarded(heading) for heading in headings] + ["line", "reason"])
    found = select(ImportReject).where(ImportReject.run_pk == run.pk).order_by(ImportReject.pk)
    for each in session.scalars(found.execution_options(yield_per=200)):
        cells = [guarded(cell) for cell in each.cells[:width]] + [""] * (width - len(each.cells))
        yield _line([*cells, str(each.line), guarded(each.reason)])


def _line(cells: list[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
