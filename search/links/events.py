"""What happens to links by people's word, for the team's eyes. What is found by itself is no event; it can be found again."""

from portal.kernel.events import kind

LINK_CUT = kind(
    "link.cut",
    "Somebody said that a message does not speak of something",
    "%(actor)s cut what a message in “%(title)s” was thought to speak of",
    icon="link",
    quiet=True,
    ours=True,
    without={"title": "%(actor)s cut what a note was thought to speak of"},
)
LINK_KEPT = kind(
    "link.kept",
    "Somebody said that a message speaks of something after all",
    "%(actor)s says that a message in “%(title)s” speaks of it after all",
    icon="link",
    quiet=True,
    ours=True,
    without={"title": "%(actor)s says that a note speaks of it after all"},
)
