"""What requests to be let in bring: the public page, who waits under People, who is told."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.notices.queries import BY_SOURCE
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.requests import api, copies, erasing, jobs, mails, policy, queries, slots, sources, views
from workspaces.requests.policy import May
from workspaces.rooms.queries.shell import COUNTS


def _fill() -> None:
    COUNTS["requests"] = queries.waits_here
    BY_SOURCE.add("entry_request")
    fill("sign_in.beside", slots.at_sign_in, "requests/_way.html")
    fill("error.beside", slots.at_nothing, "requests/_way_at_nothing.html")
    fill("people.asked", slots.among_people, "requests/_waiting.html")
    fill("people.beside", slots.beside_people, "requests/_propose.html")
    fill("home.team", slots.at_home, "requests/_at_home.html")
    shortcut("propose", Shortcut(lambda: _("Ask that a colleague is let in"), "person-add", "requests/new", May.PROPOSE_COLLEAGUE))


REQUESTS = Feature(
    declares=(copies, erasing, jobs, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
