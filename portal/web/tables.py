"""Lists as CSV files to download."""

from collections.abc import Iterable
from typing import Any

from flask import Response

from portal.kernel.ids import words
from portal.kernel.tables import lines

MOST_ROWS = 20_000


def as_table(name: str, headings: Iterable[str], rows: Iterable[Iterable[Any]]) -> Response:
    """A table to be kept, made within this request's transaction; at most MOST_ROWS rows are meant to be given."""
    told = "".join(lines([headings, *rows]))
    file = f"{words(name) or 'table'}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
    return Response(told, content_type="text/csv; charset=utf-8", headers=headers)
