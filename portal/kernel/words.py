"""Translation without Flask, so that actions and the worker speak the reader's language too."""

import gettext as _gettext
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup, escape

NAMES = {"en": "English", "de": "Deutsch"}  # a language is offered once its catalogue in portal/locale is complete
LANGUAGES = tuple(NAMES)
FOLDER = Path(__file__).parent.parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")

# How days and moments are written; catalogues have the other languages' order of it.
PATTERNS = frozenset({
    "HH:mm", "EEEE", "EEEE HH:mm", "EEE d MMM", "EEEE, d MMMM", "EEEE d MMMM, HH:mm zzz", "d MMM", "d MMM y", "d MMM y, HH:mm",
    "d MMMM", "d MMMM y", "d MMMM y, HH:mm", "MMM y", "MMMM y",
})  # fmt: skip


def gettext(message: str, **values: object) -> str:
    """The message in the language being spoken, with %(name)s filled in."""
    text = _catalogue(_language.get()).gettext(message)
    return text % values if values else text


def on_a_page(message: str, **values: object) -> str:
    """The same for templates: what is markup among the values, such as a moment, stays so."""
    if any(isinstance(value, Markup) for value in values.values()):
        return escape(_catalogue(_language.get()).gettext(message)) % values
    return gettext(message, **values)


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form of the message for this number; %(num)s is the number itself."""
    return _catalogue(_language.get()).ngettext(one, many, num) % {"num": num, **values}


def dated(value: date | datetime, pattern: str) -> str:
    """A day or moment as the language being spoken writes it, by one of PATTERNS."""
    if pattern not in PATTERNS:
        raise ValueError(f"add {pattern!r} to PATTERNS, for the catalogues")
    write = format_datetime if isinstance(value, datetime) else format_date
    return write(value, gettext(pattern), locale=language())


def decimal(value: float, pattern: str = "#,##0.###") -> str:
    """A number as the language being spoken writes it."""
    return format_decimal(value, pattern, locale=language())


def filesize(size: int) -> str:
    """Bytes as people say them, in powers of 1,000."""
    amount = float(size)
    for unit in (gettext("bytes"), "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{decimal(amount, '0' if unit not in ('MB', 'GB') or amount >= 100 else '0.0')} {unit}"
        amount /= 1000
    raise AssertionError


def later(message: str) -> str:
    """Marks a message for the catalogues that is kept as it is, in English, and said in each reader's language later."""
    return message


def kept(say: Callable[..., str], *args: object) -> str:
    """What is said, in English: for words that are kept with an event and said in each reader's language later."""
    with speaking("en"):
        return say(*args)


def language() -> str:
    """The language being spoken, as a BCP 47 tag."""
    return _language.get()


def speak(tag: str) -> None:
    """From here to the end of the `speaking` block, words come in this language where we have it."""
    if tag in LANGUAGES:
        _language.set(tag)


@contextmanager
def speaking(tag: str | None) -> Iterator[None]:
    """Within the block, words come in this language; an unknown one falls back to English."""
    token = _language.set(tag if tag in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def _catalogue(tag: str) -> _gettext.NullTranslations:
    """Read from what translators write, once for a process: nothing has to be compiled, and nothing can be out of date."""
    path = FOLDER / tag / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return _gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=tag))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)
