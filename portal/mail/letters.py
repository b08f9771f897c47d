"""Letters from templates, outside of any request: in the recipient's language, with their times, text and HTML alike."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.kernel import markdown, words
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.mail.transport import Letter

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
LOOPBACK = "http://127.0.0.1:8000"
_sender: list[Callable[[Actor], Any]] = []


class Addressee(Protocol):
    """What a letter needs to know of a person."""

    name: Any
    email: Any
    language: Any
    timezone: Any


def speak_for(vendor: Callable[[Actor], Any]) -> None:
    """Who sends: a query for name, contact, time zone and language."""
    _sender[:] = [vendor]


def absolute(house: House, path: str) -> str:
    """The URL of a path of this server, as it stands in letters."""
    return (house.settings.base_url or LOOPBACK) + path


def letter(
    house: House,
    template: str,
    *,
    to: Addressee | str,
    subject: str | Callable[[], str],
    key: str,
    from_name: str = "",
    headers: dict[str, str] | None = None,
    asked_for: bool = False,
    sent: Callable[[Session], None] | None = None,
    **context: Any,
) -> Letter:
    """The letter of `templates/mail/<template>.html` and `.txt`, to a person or a bare address.

    A `subject` made of translated words is given as a function, so that it speaks the recipient's language. `from_name` is the
    person who writes, shown as "Name via Vendor"; without it the vendor writes. `key` makes the Message-ID: the same, the same mail.
    Templates have the context, `to_name`, `vendor`, `url(path)`, `_`, `ngettext` and the filters `when` and `day`, in the
    recipient's time zone.
    """
    ours = _vendor(house)
    person = None if isinstance(to, str) else to
    zone = _zone((person.timezone if person else "") or ours.timezone)
    with words.speaking((person.language if person else "") or ours.language):
        said = subject() if callable(subject) else subject
        known = context | {
            "subject": said,
            "to_name": person.name if person else "",
            "vendor": ours,
            "url": lambda path: absolute(house, path),
            "lang": words.language(),
            "zone": zone,
        }
        return Letter(
            to=person.email if person else str(to),
            to_name=person.name if person else "",
            subject=said,
            text=_tidy(_environment().get_template(f"mail/{template}.txt").render(known)),
            html=_inliner().inline(_environment().get_template(f"mail/{template}.html").render(known)),
            key=key,
            from_name=_("%(name)s via %(vendor)s", name=from_name, vendor=ours.name) if from_name else ours.name,
            headers=headers or {},
            asked_for=asked_for,
            sent=sent,
        )


@cache
def _environment() -> Environment:
    """Strict templates. Only .html escapes: the text part is text."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": words.gettext, "ngettext": words.ngettext}
    made.filters |= {"when": _when, "day": _day, "quoted": _quoted, "stored": Markup, "said": markdown.spoken}
    return made


@cache
def _inliner() -> css_inline.CSSInliner:
    """Styles move to their elements; what only a <style> can say (dark, small screens) stays. Nothing is fetched."""
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _vendor(house: House) -> Any:
    with house.db.reading() as session:
        return _sender[0](Actor(session))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


@pass_context
def _when(context: Context, moment: datetime) -> str:
    """A moment in full: a letter may be read much later."""
    return words.dated(moment.astimezone(context["zone"]), "EEEE d MMMM, HH:mm zzz")


@pass_context
def _day(context: Context, moment: datetime) -> str:
    local = moment.astimezone(context["zone"]).date()
    return words.dated(local, "d MMMM" if local.year == now().year else "d MMMM y")


def _quoted(text: str) -> str:
    """Text as one answers to it: each line behind a mark."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _tidy(text: str) -> str:
    """At most one empty line in a row, none at the ends."""
    lines: list[str] = []
    for line in (each.rstrip() for each in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
