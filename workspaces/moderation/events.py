"""What happens in moderation, and how it reads on the trail. Who reported is in none of it."""

from portal.kernel.events import kind

POST_REPORTED = kind(
    "post.reported", "A message was reported", "A message in “%(title)s” was reported to the moderators", icon="flag", ours=True
)
POST_RULED = kind(
    "post.ruled",
    "A moderator decided about a reported message",
    "%(actor)s looked at a reported message in “%(title)s”: %(what)s. %(reason)s",
    icon="shield",
    spoken=("what",),
    ours=True,
    without={"reason": "%(actor)s looked at a reported message in “%(title)s”: %(what)s"},
)
RULING_UNDONE = kind(
    "ruling.undone",
    "What was decided about a reported message was taken back",
    "%(actor)s took back what was decided about a message in “%(title)s”: %(what)s",
    icon="shield",
    spoken=("what",),
    ours=True,
)
