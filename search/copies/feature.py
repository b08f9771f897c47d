"""What copies bring: an account taken out and brought in, and a copy of a workspace for whoever may come in."""

from portal.imports.cli import importing
from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.copies import copies, events, jobs, policy, sources, views
from search.copies.cli import bring_copy, export

importing.add_command(bring_copy)


def _fill() -> None:
    fill("workspace.about", lambda actor, workspace: {"workspace": workspace}, "copies/_take.html")


COPIES = Feature(
    declares=(copies, events, jobs, policy, sources),
    pages=(views.pages,),
    commands=(export,),
    fills=_fill,
)
