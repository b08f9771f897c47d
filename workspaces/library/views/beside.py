"""What is told of a file on its own page and beside a list, and where it lies."""

import re
from typing import Any
from urllib.parse import urlencode

from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from workspaces.library import actions, comparing, queries, serving
from workspaces.library.models import File, FileVersion


def aside_of(actor: Actor, file: File, version: FileVersion | None = None, page: int | None = None) -> dict[str, Any]:
    """What is told of a file beside a list: its versions, and who opened it. `version` is the one looked at (the current one)."""
    told = queries.versions_known(actor, file, comparing.PORT.known(FileVersion.sha256))
    version = version or file.version  # which is one of them: not asked for again
    return {
        "file": file,
        "version": version,
        "versions": [each for each, _known in told],
        "comparable": comparing.comparable(told),
        "views": queries.views_of(actor, file),
        "picture": serving.picture(version),
        "discuss": discuss_at(file, version if version.pk != file.version_pk else None, page),
    }


def places_of(tree: queries.Tree, file: File) -> list[tuple[str, str]]:
    """What a file is in, from the top: words and where they lead."""
    top = [(_("Shelf"), "/shelf")] if tree.workspace.is_shelf else [(_("Files"), f"{tree.workspace.path}files/")]
    if file.post is not None:
        return [*top, (file.post.topic.title, file.post.topic.path)]
    return top + [(each.name, each.path) for each in tree.above(file.folder)]


def discuss_at(file: File, older: FileVersion | None, page: int | None = None) -> str:
    """Where a discussion about it is started: the file, or the version or page that is looked at."""
    number = older.number if older else None
    asked = urlencode({name: value for name, value in (("v", number), ("page", page)) if value})
    words = file.name
    if number:
        words = _("%(name)s, version %(n)s", name=words, n=number)
    if page:
        words = _("%(name)s, page %(n)s", name=words, n=page)
    told = {
        "title": words,
        "body": f"[{_plain(words)}]({file.path}{'?' if asked else ''}{asked})",
        "about": actions.told_of(file, number, page),
    }
    return f"{file.workspace.path}discussions/new?{urlencode(told)}"


def _plain(name: str) -> str:
    """A name as the text of a Markdown link."""
    return re.sub(r"([\\\[\]`*_<>])", r"\\\1", name)
