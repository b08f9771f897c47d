"""Discussions that were started about a file, one version of it, or a page."""

import re

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Refused
from portal.kernel.policy import fetch
from workspaces.forums.models import Topic
from workspaces.forums.policy import May as Forums
from workspaces.library.models import File, TopicFile
from workspaces.library.policy import May
from workspaces.library.queries import version_of

SAID = re.compile(r"(?P<file>\w{1,22})(?:-v(?P<number>\d{1,6}))?(?:-p(?P<page>\d{1,6}))?", re.ASCII)


def told_of(file: File, number: int | None = None, page: int | None = None) -> str:
    """What the form of a new discussion is told of it."""
    return file.id + (f"-v{number}" if number else "") + (f"-p{page}" if page else "")


@action(Forums.READ_TOPIC)
def hang_topic(actor: Actor, topic: Topic, *, about: str) -> None:
    """Remember what a discussion that was just started is about. What the actor may not read, or is elsewhere, it is not about."""
    said = SAID.fullmatch(about)
    if said is None:
        return
    try:
        file: File = fetch(actor, May.READ_FILE, said["file"])
        number = version_of(actor, file, said["number"]).number if said["number"] else None
    except Refused:
        return
    if file.workspace_pk == topic.workspace_pk:
        actor.session.add(TopicFile(topic_pk=topic.pk, file_pk=file.pk, number=number, page=int(said["page"]) if said["page"] else None))
