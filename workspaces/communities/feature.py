"""What communities bring: introductions, asked about first, and the ways to them."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.notices.queries import BY_SOURCE
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.communities import api, copies, jobs, mails, policy, slots, sources, views
from workspaces.communities.policy import May


def _fill() -> None:
    BY_SOURCE.add("introduction")
    fill("home.asked", slots.asked, "communities/_asked.html")
    fill("home.team", slots.at_home, "communities/_at_home.html")
    shortcut("community", Shortcut(lambda: _("Look after this community"), "people", "community", May.FACILITATE, acts=False))


COMMUNITIES = Feature(
    declares=(copies, jobs, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
