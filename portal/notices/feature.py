"""What notices bring: the inbox, its count on every page, and its news as they come."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.notices import api, copies, live, mails, policy, queries, views
from portal.web.render import share
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.watching import FIRST, PERSONAL


def _fill() -> None:
    share("inbox_count", queries.unread_count)
    shortcut("inbox", Shortcut(lambda: _("Notifications"), "bell", "/me/notifications", acts=False))
    PERSONAL["notice"] = live.notification
    PERSONAL["counts"] = live.counts
    FIRST.add("counts")


NOTICES = Feature(declares=(copies, mails, policy), pages=(views.pages, api.api), fills=_fill)
