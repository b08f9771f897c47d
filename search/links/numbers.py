"""Amounts of money and quantities in a text: "€12.5k" is 12500 EUR, "fifty seats" are 50 seats."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple


class Number(NamedTuple):
    """What is said from `start` to `end`; `money` or else a quantity."""

    money: bool
    value: str
    start: int
    end: int


WRITTEN = {name: n for n, name in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
}
SIGNS = {
    "€": "EUR",
    "$": "USD",
    "£": "GBP",
    "euro": "EUR",
    "euros": "EUR",
    "dollar": "USD",
    "dollars": "USD",
    "pounds": "GBP",
    "francs": "CHF",
}
TIMES = {
    "k": 1_000,
    "thousand": 1_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
}
# Plurals that are counted in every talk, and say nothing of what is bought.
NOT_COUNTED = frozenset(
    "days weeks months years hours minutes seconds mins hrs times percent degrees reasons questions ways things points o'clock others"
    " steps options sides cases issues problems attempts quarters ideas words lines pages topics notes messages emails mails calls".split()
)
_NUMBER = r"\d{1,3}(?:[.,'’]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?![\d.,]*\d)"
_TIMES = r"(?:\s?(k|m|mio|bn)\b|\s(thousand|million|billion)\b)?"
_CODE = r"EUR|USD|GBP|CHF"
MONEY = re.compile(
    rf"(?<![\w.,])(?:(€|\$|£|(?:{_CODE})\s)\s?({_NUMBER}){_TIMES}"
    rf"|({_NUMBER}){_TIMES}\s?(€|\$|£|(?:{_CODE}|euros?|dollars?|pounds|francs)\b))",
    re.IGNORECASE,
)
COUNTED = re.compile(rf"(?<![\w.,€$£:/-])({_NUMBER}|{'|'.join(WRITTEN)})\s+([a-z]+(?:-[a-z]+)?\s)?([a-z]{{3,24}}s)\b", re.IGNORECASE)


def numbers(text: str) -> Iterator[Number]:
    """In order; a quantity is never part of an amount."""
    money = [(found.start(), found.end()) for found in MONEY.finditer(text)]
    for found in MONEY.finditer(text):
        before, number, *times_before, number_after, short, long, after = found.groups()
        times = next(filter(None, (*times_before, short, long)), "")
        worth = _worth(number or number_after, times)
        sign = (before or after or "").strip()
        if worth:
            yield Number(True, f"{worth} {SIGNS.get(sign.lower(), sign.upper())}", found.start(), found.end())
    for found in COUNTED.finditer(text):
        if any(start < found.end() and found.start() < end for start, end in money):
            continue
        number, _adjective, what = found.groups()
        worth = str(WRITTEN[number.lower()]) if number.lower() in WRITTEN else _worth(number, "")
        if worth and what.lower() not in NOT_COUNTED and not (_adjective and _adjective.strip().lower() in NOT_COUNTED):
            yield Number(False, f"{worth} {what.lower()}", found.start(), found.end())


def _worth(number: str, times: str) -> str:
    """As digits: signs between thousands go, whatever stands for the decimal point."""
    plain = re.sub(r"[.,'’](?=\d{3}(?!\d))", "", number).replace(",", ".")
    try:
        worth = Decimal(plain) * TIMES.get(times.lower(), 1)
    except InvalidOperation:
        return ""
    return f"{worth.normalize():f}"
