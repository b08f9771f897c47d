"""What the plan brings: its pages, the next steps on a workspace's home, and its part when an account changes hands."""

from portal.accounts.actions import ON_GIVEN
from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.plan import actions, api, copies, documents, jobs, live, mails, policy, queries, slots, sources, views
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import COUNTS


def _fill() -> None:
    ON_GIVEN["plan"] = actions.pass_on_steps
    COUNTS["plan"] = queries.count_due
    shortcut("plan", Shortcut(lambda: _("Plan"), "list", "plan", Rooms.READ_WORKSPACE, acts=False))
    shortcut("add a step", Shortcut(lambda: _("Add a step to the plan"), "add", "plan#add", Rooms.TAKE_PART))
    fill("home.plan", slots.next_on_home, "plan/_home.html")


PLAN = Feature(
    declares=(copies, documents, jobs, live, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
