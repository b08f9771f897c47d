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
# What was written first and waits is nothing yet: these are on no account's trail.
MESSAGE_HELD = kind(
    "message.held",
    "What a client wrote first waits for a look",
    "%(actor)s wrote for the first time: it waits for a look",
    icon="shield",
    ours=True,
)
HELD_DECIDED = kind(
    "held.decided",
    "A moderator decided about a first message",
    "%(actor)s looked at a first message by %(name)s: %(what)s. %(reason)s",
    icon="shield",
    spoken=("what",),
    ours=True,
    without={"reason": "%(actor)s looked at a first message by %(name)s: %(what)s"},
)
HELD_UNDONE = kind(
    "held.undone",
    "What was decided about a first message was taken back",
    "%(actor)s took back what was decided about a first message by %(name)s: %(what)s",
    icon="shield",
    spoken=("what",),
    ours=True,
)
HELD_WITHDRAWN = kind(
    "held.withdrawn", "A first message was withdrawn", "%(actor)s withdrew a first message that waited", icon="shield", ours=True
)
