"""Messages in the order in which they were written, whatever the order of the file, in little memory: a table on disk sorts them."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator

from portal.imports.registry import Row

AT_ONCE = 500


def by_time(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows by `told["when"]`, an ISO time in UTC; those that have none, which are refused anyway, come first."""
    with tempfile.TemporaryDirectory(prefix="mainstay-import-") as folder:
        staged = sqlite3.connect(f"{folder}/rows")
        try:
            staged.execute("PRAGMA synchronous=OFF")
            staged.execute("CREATE TABLE row (at TEXT, n INTEGER PRIMARY KEY, row TEXT)")
            for row in rows:
                said = json.dumps([row.line, row.told, row.cells, row.reason])
                staged.execute("INSERT INTO row (at, row) VALUES (?, ?)", (row.told.get("when", ""), said))
            staged.execute("CREATE INDEX by_time ON row (at, n)")
            cursor = staged.execute("SELECT row FROM row ORDER BY at, n")
            while some := cursor.fetchmany(AT_ONCE):
                for (said,) in some:
                    line, told, cells, reason = json.loads(said)
                    yield Row(line, told, cells, reason=reason)
        finally:
            staged.close()
