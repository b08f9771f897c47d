"""Forums, topics and posts over HTTP."""

from workspaces.forums.api import moving, subscriptions, talk
from workspaces.forums.api.frame import api

__all__ = ["api", "moving", "subscriptions", "talk"]
