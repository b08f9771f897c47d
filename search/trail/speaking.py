"""How the trail's pages say things: what a source is called, and that one is gone."""

from datetime import date, datetime

from portal.kernel.words import dated
from portal.kernel.words import gettext as _
from portal.web.render import day, zone
from search.trail.queries import Gone


def gone_words(gone: Gone) -> str:
    """In place of words that were taken away."""
    if gone.hidden:
        return _("Hidden by %(name)s on %(day)s", name=gone.name, day=day(gone.at))
    if gone.own:
        return _("Removed by its author on %(day)s", day=day(gone.at))
    return _("Removed by %(name)s on %(day)s", name=gone.name, day=day(gone.at))


def source_words(kind: str) -> str:
    """What a line's source link is called."""
    said = {
        "post": _("Message"),
        "topic": _("Discussion"),
        "file": _("File"),
        "file_version": _("File"),
        "folder": _("Folder"),
        "plan_item": _("Plan"),
        "note": _("Note"),
        "account": _("Account"),
        "contact": _("Person"),
        "workspace": _("Workspace"),
        "forum": _("Forum"),
        "group": _("People"),
        "invitation": _("People"),
    }
    return said.get(kind, _("Open"))


def long_day(value: date | datetime) -> str:
    """14 May 2026: a day that one looks at."""
    told = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return dated(told, "d MMM y")
