"""Tables on their way out as CSV: what anybody has written is text to the spreadsheet that opens it, and no formula. A cell that could
be calculated gets an apostrophe before it, which our own reading takes away again."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

MARK = "\ufeff"  # spreadsheets take UTF-8 for it only where it is marked
SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def harmless(cell: str) -> str:
    """The cell as text. What reads like one that was made harmless is made so once more, so that it comes back as it was."""
    plain = cell.replace("\0", "")
    return f"'{plain}" if _calculates(plain.lstrip("'")) else plain


def as_it_was(cell: str) -> str:
    """A cell that was made harmless, as it was before."""
    return cell[1:] if cell.startswith("'") and _calculates(cell.lstrip("'")) else cell


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows line by line, the marked first one to begin with. Every cell stands in quotes, so none can end early."""
    first = MARK
    for row in rows:
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerow([harmless(str(cell)) for cell in row])
        yield first + out.getvalue()
        first = ""


def _calculates(text: str) -> bool:
    """Whether a spreadsheet could take it for a formula: by its first sign, also full-width or after blanks and signs that do not show."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return shown.startswith(SIGNS) or shown.lstrip().startswith(SIGNS)
