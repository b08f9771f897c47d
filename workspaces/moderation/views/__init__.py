"""Pages of moderation: reports and their queue, first messages that wait."""

from workspaces.moderation.views import held, reports
from workspaces.moderation.views.pages import pages

__all__ = ["held", "pages", "reports"]
