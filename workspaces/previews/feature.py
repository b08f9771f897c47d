"""What previews bring: reading files, their pages on screen and in the index."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from workspaces.library import comparing
from workspaces.previews import api, cli, copies, documents, jobs, policy, printing, queries, slots, sources, views


def _fill() -> None:
    comparing.PORT.known, comparing.PORT.pages = queries.words_known, queries.words_of
    fill("file.preview", slots.preview, "previews/_preview.html")
    fill("file.glance", slots.glance, "previews/_glance.html")


PREVIEWS = Feature(
    declares=(copies, documents, jobs, policy, printing, sources),
    pages=(views.pages, api.api),
    commands=(cli.previews,),
    fills=_fill,
)
