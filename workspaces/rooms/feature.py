"""What workspaces bring: their pages, people and invitations, and their part when an account changes hands."""

from portal.accounts.actions import BEFORE_MOVING, ON_GIVEN
from portal.accounts.keeping_apart import MEETINGS
from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.viewing import STANDS
from workspaces.rooms import actions, api, erasing, jobs, live, mails, policy, sources, views
from workspaces.rooms.actions import meeting
from workspaces.rooms.policy import May


def _fill() -> None:
    STANDS["rooms"] = views.viewing.standing_in
    BEFORE_MOVING["rooms"] = meeting.refuse_move
    MEETINGS["rooms"] = meeting.meetings
    ON_GIVEN["rooms"] = actions.hand_over_rooms
    shortcut("home", Shortcut(lambda: _("Home"), "home", "", May.READ_WORKSPACE, acts=False))
    shortcut("people", Shortcut(lambda: _("People"), "people", "people", May.SEE_PEOPLE, acts=False))
    shortcut("workspaces", Shortcut(lambda: _("Workspaces"), "discussions", "/w/", May.LIST_WORKSPACES, acts=False))
    shortcut("invite", Shortcut(lambda: _("Invite people"), "person-add", "people#invite", May.INVITE))
    shortcut("workspace.settings", Shortcut(lambda: _("Settings of this workspace"), "settings", "settings", May.SEE_SETTINGS))
    shortcut("workspace.new", Shortcut(lambda: _("New workspace"), "add", "/w/new", May.CREATE_WORKSPACE))


ROOMS = Feature(
    declares=(erasing, jobs, live, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
