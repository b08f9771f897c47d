"""What screens ask about workspaces."""

from workspaces.rooms.queries.shell import COUNTS, Sides, shell, sides, standing, tabs

__all__ = ["COUNTS", "Sides", "shell", "sides", "standing", "tabs"]
