"""The pages of forums."""

from workspaces.forums.views import discussions, drafts, forums, many, message, messages, moderation, moving, topic
from workspaces.forums.views.frame import pages

__all__ = ["discussions", "drafts", "forums", "many", "message", "messages", "moderation", "moving", "pages", "topic"]
