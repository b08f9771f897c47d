"""What finding shows beside a discussion."""

from typing import Any

from portal.kernel.actor import Actor
from workspaces.forums.models import Topic


def beside_topic(actor: Actor, topic: Topic, can: frozenset[str], **context: Any) -> dict[str, Any] | None:
    """For `topic.beside`, our side alone: the way to what we answered to others. Looking for it is a search, made when it is wanted."""
    return {} if actor.is_staff and actor.viewer is None and "note" in can else None
