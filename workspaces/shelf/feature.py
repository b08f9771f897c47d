"""What the shelf brings: its page, placing, what the team sees of it on files, and new versions that arrive."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from workspaces.shelf import api, copies, jobs, policy, slots, views
from workspaces.shelf.policy import May


def _fill() -> None:
    fill("file.beside", slots.beside_file, "shelf/_beside.html")
    fill("folder.adding", slots.beside_adding, "shelf/_adding.html")
    fill("shelf.top", slots.on_top, "shelf/_top.html")
    shortcut("shelf", Shortcut(lambda: _("Shelf"), "shelf", "/shelf", May.USE_SHELF, acts=False))


SHELF = Feature(declares=(copies, jobs, policy), pages=(views.pages, api.api), fills=_fill)
