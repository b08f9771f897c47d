"""What categories show beside a discussion, and in the menu of a message."""

from typing import Any

from portal.kernel.actor import Actor
from workspaces.forums.models import Post, Topic


def beside_topic(actor: Actor, topic: Topic, **context: Any) -> dict[str, Any] | None:
    """For `topic.beside`, staff alone: the way to what was noticed. Nothing is looked up before it is wanted."""
    return {} if actor.is_staff and actor.viewer is None else None


def of_message(actor: Actor, post: Post, **context: Any) -> dict[str, Any] | None:
    """For `message.acts`, staff alone, of a message that stands."""
    return {} if actor.is_staff and actor.viewer is None and post.stands else None
