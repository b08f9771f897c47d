"""What the library brings: files, what a new workspace has of them, the files of messages, and what it shows on other pages."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.forums.attachments import PORT
from workspaces.library import api, cli, copies, documents, jobs, live, mails, policy, queries, slots, sources, tus, views
from workspaces.rooms import actions as rooms
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.queries import COUNTS
from workspaces.rooms.queries.readers import WRITTEN


def _fill() -> None:
    rooms.FITTINGS["library"] = slots.fit
    COUNTS["files"] = queries.count_new
    WRITTEN["files"] = queries.count_under
    slots.attach_to(PORT)
    shortcut("files", Shortcut(lambda: _("Files"), "file", "files/", Rooms.READ_WORKSPACE, acts=False))
    shortcut("add files", Shortcut(lambda: _("Add files"), "upload", "files/#add", Rooms.TAKE_PART))
    fill("topic.files", slots.of_topic, "library/_topic_aside.html")
    fill("home.steps", slots.adding, "library/_first_file.html")
    fill("account.beside", slots.reading, "library/_reading_link.html")
    fill("workspace.space", views.space_settings, "library/_space.html")
    fill("workspace.places", slots.places, "library/_places.html")


LIBRARY = Feature(
    declares=(copies, documents, jobs, live, mails, policy, sources),
    pages=(views.folders, views.files, views.drafts, views.versions, views.several, views.space, views.accounts, api.api, tus.api),
    commands=(cli.space,),
    fills=_fill,
)
