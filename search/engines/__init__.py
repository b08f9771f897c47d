"""One search interface, several engines; features never ask which one is there.

`open_engine` gives the engine that a URL names: `whoosh:///var/lib/mainstay/index`, `postgresql+psycopg://user@host/name`.
"""

from urllib.parse import unquote, urlsplit

from search.engines.highlight import highlight, written
from search.engines.interface import (
    Document,
    Facet,
    Hit,
    IndexAway,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    Query,
    Rebuild,
    Results,
    SearchEngine,
    SearchError,
    Tail,
    fingerprint,
)
from search.engines.query import ParsedText, parse

__all__ = [
    "Document",
    "Facet",
    "Hit",
    "IndexAway",
    "IndexDamaged",
    "IndexLocked",
    "IndexMissing",
    "ParsedText",
    "Query",
    "Rebuild",
    "Results",
    "SearchEngine",
    "SearchError",
    "Tail",
    "fingerprint",
    "highlight",
    "open_engine",
    "parse",
    "written",
]


def open_engine(url: str, secret: bytes) -> SearchEngine:
    """The engine of a URL; `secret` is the application's. Raises ValueError for a URL that names none."""
    parts = urlsplit(url)
    if parts.scheme == "whoosh" and parts.path:
        from search.engines.whoosh import WhooshEngine

        return WhooshEngine(unquote(parts.path), secret)
    if parts.scheme == "postgresql+psycopg":
        from search.engines.postgresql import PostgresqlEngine

        return PostgresqlEngine(url, secret)
    raise ValueError(f"no search engine is called {parts.scheme!r}")
