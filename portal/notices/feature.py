"""What notices bring: the inbox, its count on every page, and its news as they come."""

from portal.kernel.feature import Feature
from portal.notices import api, live, policy, queries, views
from portal.web import realtime
from portal.web.render import share


def _fill() -> None:
    share("inbox_count", queries.unread_count)
    realtime.PERSONAL["notice"] = live.notification


NOTICES = Feature(declares=(policy,), pages=(views.pages, api.api), fills=_fill)
