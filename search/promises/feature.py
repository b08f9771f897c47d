"""What promises bring: what was promised and asked, of an account and of a workspace, and how it stands."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.categories.actions import AFTERWARDS
from search.promises import actions, api, copies, events, policy, queries, slots, views
from workspaces.rooms.queries.shell import COUNTS


def _fill() -> None:
    AFTERWARDS["promises"] = actions.follow_labels
    COUNTS["promises"] = queries.count_here
    fill("home.promises", slots.at_home, "promises/_home.html")
    fill("home.team", slots.of_team, "promises/_team.html")


PROMISES = Feature(declares=(copies, events, policy), pages=(views.pages, api.api), fills=_fill)
