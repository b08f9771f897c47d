"""What a person typed: fields such as `from:elena` taken out, the rest left to the engine's parser. Nothing typed is an error."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FIELD = re.compile(r'(?<!\S)(from|author|in|kind|category|before|after):(?:"([^"]*)"|(\S+))', re.IGNORECASE)
LONGEST = 500  # characters
ALIAS = {"from": "author"}


@dataclass(frozen=True)
class Asked:
    """A search as asked: words, and filters as typed or chosen."""

    words: str = ""
    author: str = ""
    place: str = ""  # a workspace's id, or words of its title
    kind: str = ""
    category: str = ""
    account: str = ""
    before: str = ""  # ISO dates
    after: str = ""
    sort: str = "relevance"
    chips: tuple[tuple[str, str], ...] = field(default=())  # (what, the words without it), to be taken away one by one

    @property
    def empty(self) -> bool:
        return not (self.words or self.author or self.place or self.kind or self.category or self.account or self.before or self.after)


def asked(text: str, **chosen: str) -> Asked:
    """Understand the words typed together with filters chosen beside them; what is typed wins."""
    text = text[:LONGEST]
    told = {name: value.strip()[:120] for name, value in chosen.items() if value and value.strip()}
    chips = []
    for match in FIELD.finditer(text):
        name = match[1].lower()
        told[{"in": "place"}.get(name, ALIAS.get(name, name))] = (match[2] if match[2] is not None else match[3]).strip()
        chips.append((match[0], " ".join((text[: match.start()] + text[match.end() :]).split())))
    words = " ".join(FIELD.sub(" ", text).split())
    return replace(Asked(words=words, chips=tuple(chips)), **told)  # type: ignore[arg-type]


def moment(day: str, zone: ZoneInfo, *, end: bool = False) -> int | None:
    """Unix seconds at which a day begins in the reader's zone (with `end`, at which it is over); a year or a month will do.

    None where it is no date: an unreadable date filters nothing.
    """
    parts = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", day)
    if parts is None:
        return None
    try:
        first = date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return None
    if end:
        first = _next(first, month=not parts[3], year=not parts[2])
    return int(datetime.combine(first, time(), zone).astimezone(UTC).timestamp())


def _next(day: date, *, month: bool, year: bool) -> date:
    if year:
        return date(day.year + 1, 1, 1)
    if month:
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day + timedelta(days=1)
