"""Pages of a copy: the same templates language, outside of any request, with nothing that needs us or a network."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from portal.kernel import markdown, words
from portal.kernel.clock import rfc3339
from portal.kernel.copying import Page
from portal.kernel.words import filesize
from search.trail.speaking import gone_words

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
STYLE = TEMPLATES / "copies" / "style.css"
PIECE = 64  # parts of a page that are joined before they are written


def rendered(page: Page, common: dict[str, Any]) -> Iterator[bytes]:
    """A page in pieces: one with ten thousand messages takes no more memory than one with ten."""
    up = "../" * page.path.count("/")
    stream = _environment().get_template(page.template).stream(**common | page.values | {"up": up, "lang": words.language()})
    stream.enable_buffering(PIECE)
    return (piece.encode() for piece in stream)


def offline(html: str) -> str:
    """A message's HTML with its pictures as their words, and without links that lead nowhere away from our server."""
    kept = nh3.clean(
        re.sub(r'<img\b[^>]*?alt="([^"]*)"[^>]*>|<img\b[^>]*>', r"\1", html),
        tags=markdown.TAGS - {"img"},
        attributes={name: allowed for name, allowed in markdown.ATTRIBUTES.items() if name != "img"},
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return kept


def _attribute(tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and not value.startswith(("http://", "https://", "mailto:")) else value


def moment(value: datetime) -> str:
    """A moment in full, in UTC: a copy is read when nobody knows what "yesterday" was."""
    return words.dated(value, "d MMM y, HH:mm") + " UTC"


def full_day(value: date | datetime) -> str:
    return words.dated(value, "d MMM y")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"_": words.gettext, "ngettext": words.ngettext}
    made.filters |= {
        "moment": moment,
        "day": full_day,
        "filesize": filesize,
        "offline": offline,
        "rfc3339": rfc3339,
        "gone_words": gone_words,
    }
    return made
