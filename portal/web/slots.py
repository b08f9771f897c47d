"""Slots: named places on a page that other packages fill, so that a lower package need not know them.

A feature fills one: `fill("account.lately", query, "trail/_lately.html")`; a template shows it: `{{ slot("account.lately", …) }}`.
"""

from collections.abc import Callable
from typing import Any

from flask import g, render_template
from markupsafe import Markup

Query = Callable[..., dict[str, Any] | None]
SLOTS: dict[str, dict[str, Query]] = {}  # name -> template -> query


def fill(name: str, query: Query, template: str) -> None:
    """Fill a place: `query(actor, **context)` gives the template's variables, or None to show nothing. A template fills
    a place once, however often a house is built."""
    SLOTS.setdefault(name, {})[template] = query


def slot(name: str, **context: Any) -> Markup:
    """What fills the place, in the order of filling."""
    parts = []
    for template, query in SLOTS.get(name, {}).items():
        found = query(g.actor, **context)
        if found is not None:
            parts.append(render_template(template, **context | found))
    return Markup("").join(Markup(part) for part in parts)  # noqa: S704 - rendered by autoescaping templates
