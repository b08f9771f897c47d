"""Translation without Flask, so that actions and the worker speak the reader's language too."""

import gettext as _gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en",)  # a language is offered once its catalogue in portal/locale is complete
_language: ContextVar[str] = ContextVar("language", default="en")


def gettext(message: str, **values: object) -> str:
    """The message in the language being spoken, with %(name)s filled in."""
    text = _catalogue(_language.get()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """The form of the message for this number; %(num)s is the number itself."""
    return _catalogue(_language.get()).ngettext(one, many, num) % {"num": num, **values}


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
    folder = Path(__file__).parent.parent / "locale"
    return _gettext.translation("messages", folder, [tag], fallback=True)
