"""Jinja: the words, filters and values that every template may rely on."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, get_flashed_messages, has_request_context, request
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup

from portal.kernel import words
from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.ids import new_id
from portal.kernel.words import filesize, ngettext
from portal.kernel.words import gettext as _
from portal.web import missed, viewing
from portal.web.assets import asset
from portal.web.headers import csp_nonce
from portal.web.slots import slot


def set_up(app: Flask) -> None:
    """Strict templates: a name that nobody gave is an error, not an empty string."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        "_": words.on_a_page,
        "ngettext": words.ngettext,
        "asset": asset,
        "drawn": drawn,
        "same_for_all": same_for_all,
        "csp_nonce": csp_nonce,
        "csrf_token": generate_csrf,
        "slot": slot,
        "new_key": new_id,
        "now": now,
        "languages": list(words.NAMES.items()),
        "flashes": get_flashed_messages,
    }
    app.jinja_env.filters |= {
        "when": when,
        "day": day,
        "clock": clock,
        "filesize": filesize,
        "initials": initials,
        "rfc3339": rfc3339,
        "compact_json": lambda value: json.dumps(value, separators=(",", ":")),
    }
    app.context_processor(_shared)


EXACT = "d MMMM y, HH:mm"
SHARED: dict[str, Callable[[Actor], Any]] = {}  # what every page may use: vendor, inbox_count


def share(name: str, query: Callable[[Actor], Any]) -> None:
    """Give every template a value. The query must stand an actor without a session (None): the error pages'."""
    SHARED[name] = query


def _shared() -> dict[str, Any]:
    actor = g.get("actor") if has_request_context() else None
    person = actor.person if actor else None
    return _asked(actor) | {
        "me": person,
        "viewing": viewing.current(),
        "theme": (person.theme if person else "") or _theme_of_browser(),
        "keys": "off" if person and not person.keys else "",
        "lang": words.language(),
        "made_at": _made_at,
    }


def _made_at() -> str:
    """From where on a page of somebody who is signed in asks what it missed."""
    reached = g.get("reached") if has_request_context() else None
    return "" if reached is None else missed.moment(reached, current_app.extensions["house"].settings.secret_key)


def _asked(actor: Actor | None) -> dict[str, Any]:
    """Once for a page and all that its slots render."""
    whose, known = g.get("shared", (None, None)) if has_request_context() else (None, None)
    if known is None or whose is not actor:
        known = {name: query(actor or Actor(None)) for name, query in SHARED.items()}  # type: ignore[arg-type]
        if has_request_context():
            g.shared = actor, known
    return dict(known)


@lru_cache(maxsize=1000)
def drawn(name: str, small: bool = False, label: str | None = None) -> Markup:
    """An icon of the sprite, by the names in static/icons/icons.json. Decorative unless `label` says what it means."""
    said = Markup('role="img" aria-label="%s"') % label if label else Markup('aria-hidden="true"')
    return Markup('<svg class="%s" %s><use href="%s#%s"/></svg>') % ("i s" if small else "i", said, asset("icons.svg"), name)


def same_for_all(template: str) -> Markup:
    """A part of pages that is the same for everybody who reads this language, made once."""
    return _made_once(template, words.language())


@lru_cache(maxsize=100)
def _made_once(template: str, language: str) -> Markup:
    return Markup(current_app.jinja_env.get_template(template).render())  # noqa: S704 - our own


def _theme_of_browser() -> str:
    """The look last chosen here, so that the sign-in page has it too."""
    told = request.cookies.get("theme", "") if has_request_context() else ""
    return told if told in ("light", "dark") else ""


def zone() -> ZoneInfo:
    """The reader's time zone, else the vendor's."""
    actor = g.get("actor") if has_request_context() else None
    name = actor.person.timezone if actor and actor.person else ""
    try:
        return ZoneInfo(name or _vendors_zone(actor))
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def _vendors_zone(actor: Actor | None) -> str:
    ours = SHARED["vendor"](actor or Actor(None)) if "vendor" in SHARED else None  # type: ignore[arg-type]
    return ours.timezone if ours else "UTC"


def when(moment: datetime | None) -> Markup:
    """`<time>`: relative for 6 hours, weekday and time within a week, then the day, then with the year."""
    if moment is None:
        return Markup("")
    local = moment.astimezone(zone())
    return Markup('<time datetime="%s" title="%s">%s</time>') % (
        f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        _said(local, EXACT),
        spoken(local),
    )


def spoken(local: datetime) -> str:
    """A moment as people say it."""
    age = now() - local
    today = now().astimezone(local.tzinfo).date()
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= age < timedelta(hours=1):
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", int(age.total_seconds() // 60))
    if timedelta(0) <= age < timedelta(hours=6):
        return ngettext("%(num)d hour ago", "%(num)d hours ago", int(age.total_seconds() // 3600))
    if local.date() == today:
        return _("today %(time)s", time=_said(local, "HH:mm"))
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(time)s", time=_said(local, "HH:mm"))
    if timedelta(0) <= age < timedelta(days=7):
        return _said(local, "EEEE HH:mm")
    return _said(local, "d MMM" if local.year == today.year else "d MMM y")


def _said(local: datetime, pattern: str) -> str:
    """By a pattern in the language being spoken; a page says the same few moments again and again, and so do the pages after it."""
    return _formatted(local.replace(second=0, microsecond=0, tzinfo=None), pattern, words.language())


@lru_cache(maxsize=20_000)
def _formatted(minute: datetime, pattern: str, language: str) -> str:
    with words.speaking(language):
        return words.dated(minute, pattern)


def day(value: date | datetime | None) -> str:
    """A day in words: 9 Nov, with the year where it is not this one."""
    if value is None:
        return ""
    told = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    this_year = told.year == datetime.now(UTC).year
    return _said(datetime.combine(told, time()), "d MMM" if this_year else "d MMM y")


def clock(moment: datetime) -> str:
    return _said(moment.astimezone(zone()), "HH:mm")


def initials(name: str) -> str:
    parts = [part for part in name.replace("-", " ").split() if part[0].isalnum()] or ["?"]
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()
