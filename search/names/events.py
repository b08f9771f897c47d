"""What happens to the company's own names and words: for the admins' eyes, as the rest of its settings."""

from portal.kernel.events import EventKind, kind


def _kind(name: str, meaning: str, reads: str) -> EventKind:
    return kind(name, meaning, reads, group="people", icon="tag")


NAME_ADDED = _kind(
    "name.added", "A product, competitor or word was written down", "%(actor)s added “%(name)s” to the company’s names and words"
)
NAME_CHANGED = _kind(
    "name.changed", "A product, competitor or word changed", "%(actor)s changed “%(name)s” in the company’s names and words"
)
NAME_REMOVED = _kind(
    "name.removed", "A product, competitor or word was removed", "%(actor)s removed “%(name)s” from the company’s names and words"
)
NAME_RESTORED = _kind(
    "name.restored", "A product, competitor or word came back", "%(actor)s brought “%(name)s” back to the company’s names and words"
)
ALL = (NAME_ADDED, NAME_CHANGED, NAME_REMOVED, NAME_RESTORED)
