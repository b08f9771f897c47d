"""What the pages of forums share: their blueprint, their frame, their ways back."""

from typing import Any

from flask import Blueprint

from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from portal.people.queries import vendor
from workspaces.forums import queries
from workspaces.forums.attachments import PORT
from workspaces.forums.models import Post, Topic
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell

pages = Blueprint("forums", __name__)


def receive(house: Any, request: Any) -> list[Any]:
    """For `before=`: the composer's files."""
    return PORT.receive(house, request)


def with_picked(form: Any) -> dict[str, Any]:
    """The composer's fields, with the ids of all files that were kept with its draft."""
    return {**form.to_dict(), "picked": form.getlist("picked")}


def frame(actor: Actor, workspace: Workspace, **more: Any) -> dict[str, Any]:
    """The variables of a page under Discussions."""
    around = shell(actor, workspace, "discussions")
    crumbs = [(workspace.title, workspace.path), (_("Discussions"), f"{workspace.path}discussions")]
    return around | {"crumbs": crumbs, "takes_files": PORT.ready, "errors": []} | more


def framed(actor: Actor, topic: Topic, **more: Any) -> dict[str, Any]:
    """The variables of a page inside a topic: the masthead makes room, and ours alone is said to be so."""
    around = frame(actor, topic.workspace)
    crumbs = [*around["crumbs"], (topic.title, topic.path)]
    sub = topic.forum.title
    compact = {"back": topic.path, "title": topic.title, "sub": sub}
    depth = "team" if topic.for_team else "shared"
    return around | {"crumbs": crumbs, "compact": compact, "depth": depth, "topic": topic} | more


def post_path(post: Post) -> str:
    """Where the pages about one message are."""
    return f"{post.topic.path}/posts/{post.id}"


def audiences(actor: Actor, around: dict[str, Any], forums: list[Any]) -> dict[int, str]:
    """forum pk -> who sees what is written there; `around` is the frame of the page."""
    return queries.audience_words(actor, forums, around["sides"].company, vendor(actor).name)
