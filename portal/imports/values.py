"""Values as people and spreadsheets write them: numbers as text, dates in every order, addresses with names around them."""

import re
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime

from portal.kernel.errors import Invalid
from portal.kernel.words import gettext as _

NUMERIC = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?\s*(Z|UTC)?")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # a day counted from 1899-12-30, as spreadsheets do
FORMATS = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%Y%m%d", "%d %B %Y %H:%M", "%d %b %Y %H:%M")
FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC).timestamp()


def moment(told: str, *, day_first: bool = False, field: str = "at") -> datetime:
    """A moment; without a zone it is UTC. `day_first` reads 3/4/2026 as the third of April. Raises Invalid for what is none."""
    said = " ".join(told.split())
    for read in (_iso, lambda text: _numeric(text, day_first), _serial, _worded, _mailed):
        found = read(said)
        if found is not None and 1900 <= found.year <= 2200:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    raise Invalid((field, _("“%(what)s” is no date that can be read. Write it like 2026-11-19 14:30.", what=said[:40])))


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if not text.isdecimal() else None
    except ValueError:
        return None


def _numeric(text: str, day_first: bool) -> datetime | None:
    match = NUMERIC.fullmatch(text)
    if match is None:
        return None
    one, two, three, hour, minute, second, half, _zone = match.groups()
    if len(one) == 4:
        year, month, day = int(one), int(two), int(three)
    else:
        year = int(three) if len(three) == 4 else 2000 + int(three)
        month, day = (int(two), int(one)) if (day_first or int(one) > 12 or "." in text.split(" ", maxsplit=1)[0]) else (int(one), int(two))
    hours = int(hour or 0) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour or 0)
    try:
        return datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=UTC)
    except ValueError:
        return None


def _serial(text: str) -> datetime | None:
    return datetime.fromtimestamp(FIRST_DAY + float(text) * 86400, UTC) if SERIAL.fullmatch(text) else None


def _worded(text: str) -> datetime | None:
    for form in FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _mailed(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def plain_number(told: str) -> str:
    """A number that a spreadsheet has made of words (`577.0`, `8.15301509E9`) as its digits; anything else as it is."""
    if re.fullmatch(r"\d+\.0+", told):
        return told.split(".", maxsplit=1)[0]
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d{1,2}", told):
        return f"{float(told):.0f}"
    return told


def address(told: str) -> str:
    """The bare address of `Anna Weber <anna@calder.example>` or `mailto:…`."""
    found = parseaddr(told.removeprefix("mailto:"))[1] if "<" in told or told.startswith("mailto:") else told
    return found.strip().lower()


def pieces(told: str) -> list[str]:
    """The words of a list in one cell: `a; b, c`, `a|b`."""
    return [part.strip() for part in re.split(r"[;,|\n]", told) if part.strip()]
