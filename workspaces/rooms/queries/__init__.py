"""What screens ask about workspaces."""

from workspaces.rooms.queries.shell import COUNTS, Here, Sides, counts, shell, standing, tabs

__all__ = ["COUNTS", "Here", "Sides", "counts", "shell", "standing", "tabs"]
