"""Pages of workspaces, their people and invitations."""

from workspaces.rooms.views import groups, home, invitation, invitations, lists, people, settings, start, viewing
from workspaces.rooms.views.pages import pages as pages

__all__ = ["groups", "home", "invitation", "invitations", "lists", "pages", "people", "settings", "start", "viewing"]
