"""The rows that did not go in, as a table that can be mended and read again."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.imports.models import ImportReject, ImportRun
from portal.kernel import tables


def as_csv(session: Session, run: ImportRun, headings: list[str]) -> Iterator[str]:
    """The table, line by line: the file's own columns, then the line it stood in and why it was refused."""
    return tables.lines(_rows(session, run, headings))


def _rows(session: Session, run: ImportRun, headings: list[str]) -> Iterator[list[str]]:
    width = len(headings)
    yield [*headings, "line", "reason"]
    found = select(ImportReject).where(ImportReject.run_pk == run.pk).order_by(ImportReject.pk)
    for each in session.scalars(found.execution_options(yield_per=200)):
        cells = each.cells[:width] + [""] * (width - len(each.cells))
        yield [*cells, str(each.line), each.reason]
