"""What calendars bring: an address for each person at which programs read the plans, and its page."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from workspaces.calendar import api, copies, erasing, views


def _fill() -> None:
    shortcut("calendar", Shortcut(lambda: _("The plan in your calendar"), "calendar", views.HERE))


CALENDAR = Feature(declares=(copies, erasing), pages=(views.pages, api.api), fills=_fill)
