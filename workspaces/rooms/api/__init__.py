"""Workspaces in the API."""

from workspaces.rooms.api import groups, invitations, members, start, workspaces
from workspaces.rooms.api.resource import api as api

__all__ = ["api", "groups", "invitations", "members", "start", "workspaces"]
