"""The day that a promise names, meant as of the day it was written: "by Friday", "on the 12th", "in two weeks", "end of Q2"."""

import re
from collections.abc import Callable
from datetime import date, timedelta

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
NUMBERS = {name: n for n, name in enumerate("no one two three four five six seven eight nine ten eleven twelve".split())}
NUMBERS |= {"a": 1, "an": 1, "a couple of": 2, "fourteen": 14, "twenty": 20, "thirty": 30}
MONDAY, WEDNESDAY, FRIDAY, SATURDAY = 0, 2, 4, 5
A_WEEK = timedelta(days=7)
FURTHEST = timedelta(days=5 * 366)  # what is said to be later is no date that anybody means

_DAY = r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_NUMBER = r"(\d{1,3}|a couple of|" + "|".join(sorted((name for name in NUMBERS if name != "a couple of"), key=len, reverse=True)) + ")"
_NTH = r"(\d{1,2})(?:st|nd|rd|th)"
_END = r"(?:the )?(?:end|close|last day) of"

OF_CALENDAR = 4  # of the patterns, those that name a day and a month
NEXT_TO = re.compile(r"[\s,:;(–—-]{1,5}")

Read = Callable[[re.Match[str], date], date | None]


def due(text: str, on: date) -> date | None:
    """The day that is named first; of readings of the same words the longest. "Next week - Friday 6 April" is the day of the calendar,
    which says more precisely what goes before it. None where none is, or it cannot be."""
    found = []
    for number, (pattern, read) in enumerate(PATTERNS):
        for match in pattern.finditer(text):
            if (day := _meant(read, match, on)) is not None:
                found.append((match.start(), -match.end(), number, day))
    if not found:
        return None
    _, end, _, first = min(found)
    closer = (day for start, _, number, day in sorted(found) if number < OF_CALENDAR and NEXT_TO.fullmatch(text[-end:start]))
    return next(closer, first)


def _meant(read: Read, match: re.Match[str], on: date) -> date | None:
    try:
        day = read(match, on)
        return day if day is None or day <= on + FURTHEST else None
    except (ValueError, OverflowError):
        return None  # 31 February


def _coming(told: str, on: date) -> date:
    """The next day of that name, not the same one."""
    wanted = next(n for n, name in enumerate(DAYS) if name.startswith(told.lower()[:3]))
    return on + timedelta(days=(wanted - on.weekday() - 1) % 7 + 1)


def _of_next_week(told: str, on: date) -> date:
    monday = on - timedelta(days=on.weekday()) + A_WEEK
    return monday + timedelta(days=next(n for n, name in enumerate(DAYS) if name.startswith(told.lower()[:3])))


def _week(on: date, weeks: int, day: int) -> date:
    return on - timedelta(days=on.weekday()) + weeks * A_WEEK + timedelta(days=day)


def _month(told: str) -> int:
    return next(n for n, name in enumerate(MONTHS, 1) if name.startswith(told.lower()[:3]))


def _last_of(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _ahead(day: int, month: int, on: date, year: int | None = None) -> date:
    """That day this year, or the next where it is long past."""
    meant = date(year or on.year, month, day)
    return meant if year or meant >= on - A_WEEK else date(on.year + 1, month, day)


def _nth(told: str, on: date) -> date:
    day = int(told)
    months = on.month - 1 + (day < on.day)
    return date(on.year + months // 12, months % 12 + 1, day)


def _after(told: str, unit: str, on: date) -> date:
    many = int(told) if told.isdigit() else NUMBERS[" ".join(told.lower().split())]
    unit = unit.lower()
    if unit.startswith(("working", "business", "week day")):
        return _working(on, many)
    if unit.startswith("hour"):
        return on + timedelta(days=-(-many // 24) if many >= 24 else 0)
    if unit.startswith("month"):
        months = on.month - 1 + many
        return min(
            date(on.year + months // 12, months % 12 + 1, 1) + timedelta(days=on.day - 1), _last_of(on.year + months // 12, months % 12 + 1)
        )
    return on + timedelta(days=many * {"d": 1, "w": 7, "f": 14}[unit[0]])


def _working(on: date, many: int) -> date:
    while many > 0:
        on += timedelta(days=1)
        many -= on.weekday() < SATURDAY
    return on


def _quarter_end(told: str, on: date) -> date:
    month = int(told) * 3
    return _last_of(on.year + (month < on.month), month)


def _read(pattern: str, read: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(rf"\b{pattern}\b" if pattern[-1] != "." else rf"\b{pattern[:-1]}", re.IGNORECASE), read


PATTERNS = [
    _read(r"(\d{4})-(\d\d)-(\d\d)", lambda m, on: date(int(m[1]), int(m[2]), int(m[3]))),
    _read(
        rf"(?:{_DAY},? (?:the )?)?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? (\d{{4}}))?",
        lambda m, on: _ahead(int(m[2]), _month(m[3]), on, int(m[4]) if m[4] else None),
    ),
    _read(
        rf"{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?",
        lambda m, on: _ahead(int(m[2]), _month(m[1]), on, int(m[3]) if m[3] else None),
    ),
    _read(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?.", lambda m, on: _ahead(int(m[1]), int(m[2]), on, int(m[3]) if m[3] else None)),
    _read(rf"{_DAY},? (?:the )?{_NTH}", lambda m, on: _nth(m[2], on)),
    _read(
        rf"(?:the|by|on|before|until) {_NTH}(?! of {_MONTH}| {_MONTH}| (?:time|order|floor|delivery|year|of the following))",
        lambda m, on: _nth(m[1], on),
    ),
    _read(
        r"(?<!from )(?<!until )(?:today|tonight|eod|cob|close of business|"
        r"this (?:morning|afternoon|evening)|within the hour|(?:the )?end of (?:the )?day|before the day is (?:over|out)|"
        r"by noon(?! (?:on|tomorrow|next))|in an hour|right away)",
        lambda m, on: on,
    ),
    _read(r"(?:tomorrow|tmrw|tmr|tomorow|overnight)", lambda m, on: on + timedelta(days=1)),
    _read(r"(?:the )?day after tomorrow", lambda m, on: on + timedelta(days=2)),
    _read(rf"(?<!every )(?<!each ){_DAY}", lambda m, on: _coming(m[1], on)),
    _read(rf"next {_DAY}", lambda m, on: _of_next_week(m[1], on)),
    _read(rf"{_DAY}(?:,? (?:of )?next week| week)", lambda m, on: _of_next_week(m[1], on)),
    _read(rf"next week,? (?:on )?{_DAY}", lambda m, on: _of_next_week(m[1], on)),
    _read(
        rf"(?:in|within|inside|inside of|after)(?: the next| at most| about| less than)? {_NUMBER} "
        r"(working days?|business days?|hours?|days?|weeks?|fortnights?|months?)"
        r"(?:'|’)?(?: time)?(?! of (?:any|your|each|every|order|receipt))",
        lambda m, on: _after(m[1], m[2], on),
    ),
    _read(
        rf"(?:give (?:me|us) )?{_NUMBER} (working days?|business days?|days?|weeks?|months?)(?: from (?:now|today)| and)",
        lambda m, on: _after(m[1], m[2], on),
    ),
    _read(rf"{_NUMBER} (weeks?|days?) today", lambda m, on: _after(m[1], m[2], on)),
    _read(r"next week", lambda m, on: _week(on, 1, FRIDAY)),
    _read(r"(?:early|at the start of|(?:at )?the beginning of|start of|first thing) next week", lambda m, on: _week(on, 1, MONDAY)),
    _read(r"(?:mid|middle of|midweek|(?:the )?middle of) ?next week", lambda m, on: _week(on, 1, WEDNESDAY)),
    _read(rf"{_END} next week", lambda m, on: _week(on, 1, FRIDAY)),
    _read(
        rf"(?:this week|{_END} (?:the|this) week|(?:by|before) the weekend|before the week is (?:over|out))",
        lambda m, on: _week(on, 0, FRIDAY),
    ),
    _read(r"(?:in )?the week after(?: next)?", lambda m, on: _week(on, 2, FRIDAY)),
    _read(rf"(?:in )?the week after next,? (?:on )?{_DAY}", lambda m, on: _of_next_week(m[1], on) + A_WEEK),
    _read(
        rf"(?:{_END} (?:the|this) month|month[- ]end|this month|before the month is (?:over|out))",
        lambda m, on: _last_of(on.year, on.month),
    ),
    _read(rf"(?:{_END} )?next month", lambda m, on: _last_of(on.year + on.month // 12, on.month % 12 + 1)),
    _read(
        rf"{_END} {_MONTH}(?: (\d{{4}}))?", lambda m, on: _last_of(int(m[2]) if m[2] else on.year + (_month(m[1]) < on.month), _month(m[1]))
    ),
    _read(rf"(?:the )?mid(?:dle)?[- ](?:of )?{_MONTH}", lambda m, on: _ahead(15, _month(m[1]), on)),
    _read(rf"(?:{_END} |by |before )q([1-4])", lambda m, on: _quarter_end(m[1], on)),
    _read(rf"{_END} (?:the|this) quarter", lambda m, on: _quarter_end(str((on.month + 2) // 3), on)),
    _read(rf"(?:{_END} (?:the|this) year|year[- ]end)", lambda m, on: date(on.year, 12, 31)),
]
