"""Moderation: what is reported, who looks at it, what is decided, and how that is told."""
