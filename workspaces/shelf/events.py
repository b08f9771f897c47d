"""What happens between the shelf and the workspaces, and how it reads on the trail. All of it is for our own eyes."""

from portal.kernel.events import kind

SHELF_OPENED = kind("shelf.opened", "The shelf was opened", "%(actor)s opened the shelf", group="files", icon="shelf", ours=True)
PLACED = kind(
    "file.placed",
    "A document of the shelf was placed in a workspace",
    "%(actor)s placed version %(number)s of %(name)s from the shelf",
    group="files",
    icon="shelf",
    ours=True,
)
KEPT = kind(
    "file.kept",
    "A newer version on the shelf was not taken",
    "%(actor)s kept %(name)s as it is, and did not take version %(number)s from the shelf",
    group="files",
    icon="shelf",
    ours=True,
)
FOLLOWS = kind(
    "file.follows",
    "New versions of a placed document arrive by themselves from now on",
    "%(actor)s lets new versions of %(name)s arrive from the shelf by themselves",
    group="files",
    icon="shelf",
    ours=True,
)
ASKS = kind(
    "file.asks",
    "New versions of a placed document are asked about from now on",
    "%(actor)s wants to be asked before a new version of %(name)s comes from the shelf",
    group="files",
    icon="shelf",
    ours=True,
)
