"""What previews bring: reading files, their pages on screen and in the index."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from workspaces.previews import api, cli, copies, documents, jobs, policy, slots, sources, views


def _fill() -> None:
    fill("file.preview", slots.preview, "previews/_preview.html")
    fill("file.glance", slots.glance, "previews/_glance.html")


PREVIEWS = Feature(
    declares=(copies, documents, jobs, policy, sources),
    pages=(views.pages, api.api),
    commands=(cli.previews,),
    fills=_fill,
)
