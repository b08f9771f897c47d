"""The scrubber over a trail: bars of activity, the days on which something happened, and labels under them."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from search.trail.queries import Counts

HEIGHT, WIDTH, GAP = 40, 720, 4  # of the drawing; it is stretched to its place
SHORT = 240  # days; a shorter history is drawn by the week


@dataclass(frozen=True)
class Bar:
    """One month, or week, of activity."""

    x: float
    y: float
    width: float
    height: float
    dark: bool  # the account changed hands in it


@dataclass(frozen=True)
class Scrubber:
    """`days` are counted from `first`; `at` is the day looked at, `last` is today."""

    first: date
    last: date
    at: date
    bars: list[Bar]
    days: list[int]
    ticks: list[str]

    @property
    def span(self) -> int:
        return (self.last - self.first).days

    @property
    def value(self) -> int:
        return (self.at - self.first).days


def scrubber(counts: Counts, opened: date, today: date, as_of: date | None) -> Scrubber | None:
    """From when the account was opened; None for a history of a single day: there is no other day to look at."""
    first = min([opened, *counts.days])
    if first >= today:
        return None
    at = min(max(as_of or today, first), today)
    days = [(day - first).days for day in counts.days if day <= today]
    return Scrubber(first, today, at, _bars(counts, first, today), days, _ticks(first, today))


def _bars(counts: Counts, first: date, last: date) -> list[Bar]:
    starts = _starts(first, last)
    ends = [*starts[1:], last + timedelta(days=1)]
    sums = [sum(number for day, number in counts.days.items() if start <= day < end) for start, end in zip(starts, ends, strict=True)]
    most = max(sums, default=0) or 1
    step = WIDTH / len(starts)
    width = min(step - min(GAP, step / 4), 28)
    made = []
    for n, (start, end, number) in enumerate(zip(starts, ends, sums, strict=True)):
        height = max(1, round(number / most * (HEIGHT - 2), 1)) if number else 1
        dark = any(start <= day < end for day in counts.owners)
        made.append(Bar(round(n * step + (step - width) / 2, 1), HEIGHT - height, round(width, 1), height, dark))
    return made


def _starts(first: date, last: date) -> list[date]:
    """The first days of the months, or in a short history of the weeks, that the bars stand for."""
    if (last - first).days < SHORT:
        return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, 7)]
    starts = [first]
    while (following := (starts[-1].replace(day=1) + timedelta(days=32)).replace(day=1)) <= last:
        starts.append(following)
    return starts


def _ticks(first: date, last: date) -> list[str]:
    """Five labels at equal distances, the last of them today."""
    span = (last - first).days
    form = "d MMM" if span < SHORT else "MMM y"
    between = 4 if span >= 4 else span
    labels = [dated(first + timedelta(days=span * n // between), form) for n in range(between)]
    return [*labels, _("Today")]
