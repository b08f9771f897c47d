"""What moderation brings: reports and their queue, who is told, and the ways to it."""

from portal.kernel.feature import Feature
from portal.notices.queries import BY_SOURCE
from portal.web.slots import fill
from workspaces.moderation import api, copies, jobs, mails, policy, queries, slots, sources, views
from workspaces.rooms.queries.shell import COUNTS


def _fill() -> None:
    COUNTS["moderation"] = queries.waits_here
    BY_SOURCE.update(("flag", "ruling"))
    fill("inbox.beside", slots.beside_inbox, "moderation/_beside_inbox.html")
    fill("home.team", slots.at_home, "moderation/_at_home.html")


MODERATION = Feature(
    declares=(copies, jobs, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
