"""What names bring: the list of products, competitors and words, and what they make of messages."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from search.categories.actions import HEARS
from search.names import api, copies, events, jobs, policy, queries, views
from search.names.policy import May


def _fill() -> None:
    HEARS["names"] = queries.hears
    shortcut("names", Shortcut(lambda: _("Names and words"), "tag", "/names", May.SEE_NAMES, acts=False))


NAMES = Feature(declares=(copies, events, jobs, policy), pages=(views.pages, api.api), fills=_fill)
