"""Who hears of files as they come."""

from typing import Any

from flask import render_template

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.policy import allowed
from portal.web.watching import Live, live
from workspaces.library.models import File
from workspaces.library.policy import May
from workspaces.library.queries import shown
from workspaces.library.shapes import file_json
from workspaces.rooms.live import watching


def added(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The file as the API has it, with its row for a list; `seq` is the number of its version."""
    file = actor.session.scalar(shown(allowed(actor, May.READ_FILE).where(File.id == event.subject_id, File.removed_at.is_(None))))
    if file is None or file.audience_pk != event.audience_pk:
        return None
    html = render_template("library/_row.html", file=file, workspace=file.workspace, may_words=frozenset(), fresh=True, me=None)
    return {**file_json(file), "html": html, "seq": file.version.number}


# Files that come, and new versions of them, are news of their workspace.
for kind in ("file.added", "file.version"):
    live(kind, Live("file.added", watching, added))
