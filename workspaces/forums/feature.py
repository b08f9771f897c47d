"""What forums bring: talk, what a new workspace has of it, and what it shows on a workspace's pages."""

from portal.accounts.actions import ON_GIVEN
from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.forums import api, copies, documents, importing, jobs, live, mails, policy, queries, slots, sources, views
from workspaces.forums.actions import handing_over
from workspaces.forums.queries.replying import usual_replies
from workspaces.rooms import actions as rooms
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import COUNTS
from workspaces.rooms.queries.home import REPLIES
from workspaces.rooms.queries.readers import WRITTEN


def _fill() -> None:
    ON_GIVEN["forums"] = handing_over.pass_on_followings
    rooms.FITTINGS["forums"] = slots.fit
    rooms.MARK_READ["forums"] = slots.read_all
    REPLIES["forums"] = usual_replies
    COUNTS["discussions"] = queries.unread_posts
    shortcut("discuss", Shortcut(lambda: _("Start a discussion"), "discussion-new", "discussions/new", Rooms.TAKE_PART))
    shortcut("discussions", Shortcut(lambda: _("Discussions"), "discussions", "discussions", Rooms.READ_WORKSPACE, acts=False))
    shortcut("drafts", Shortcut(lambda: _("Drafts"), "edit", "/me/drafts", acts=False))
    shortcut("unread", Shortcut(lambda: _("Next unread discussion"), "bell", "/me/next"))
    WRITTEN["posts"] = queries.count_under
    fill("home.discussions", slots.newest, "forums/_home.html")
    fill("home.team", slots.unanswered, "forums/_waiting.html")
    fill("workspace.places", slots.places, "forums/_places.html")


FORUMS = Feature(
    declares=(copies, documents, importing, jobs, live, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
