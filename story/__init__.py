"""The demo's world, told by the cast through the same actions as everything else."""

from story.telling import tell as tell
