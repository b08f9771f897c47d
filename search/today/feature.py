"""What Today brings: its page, and what is put off there."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from search.today import copies, policy, views


def _fill() -> None:
    shortcut("today", Shortcut(lambda: _("Today"), "inbox", "/today", policy.May.SEE_TODAY, acts=False))


TODAY = Feature(declares=(copies, policy), pages=(views.pages,), fills=_fill)
