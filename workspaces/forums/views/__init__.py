"""The pages of forums."""

from workspaces.forums.views import discussions, drafts, forums, message, messages, moderation, topic
from workspaces.forums.views.frame import pages

__all__ = ["discussions", "drafts", "forums", "message", "messages", "moderation", "pages", "topic"]
