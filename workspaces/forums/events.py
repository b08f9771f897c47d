"""What is said, and how it reads on the trail."""

from portal.kernel.events import kind

FORUM_MADE = kind("forum.created", "A forum was made", "%(actor)s made the forum “%(title)s”", group="account", icon="discussions")
FORUM_CHANGED = kind(
    "forum.changed", "A forum was changed or removed", "%(actor)s changed the forum “%(title)s”", group="account", icon="discussions"
)
FORUM_AUDIENCE = kind(
    "forum.audience",
    "A forum is for other people",
    "%(actor)s changed for whom the forum “%(title)s” is: %(now)s",
    spoken=("now",),
    group="account",
    icon="eye",
)
TOPIC_STARTED = kind("topic.created", "A topic was started", "%(actor)s started “%(title)s”", icon="discussions")
TOPIC_CHANGED = kind("topic.changed", "A topic was renamed", "%(actor)s renamed “%(was)s” to “%(title)s”", icon="edit")
TOPIC_TAGGED = kind("topic.tagged", "A topic's tags changed", "%(actor)s tagged “%(title)s”: %(tags)s", icon="tag")
TOPIC_PINNED = kind("topic.pinned", "A topic was pinned or unpinned", "%(actor)s %(what)s “%(title)s”", icon="pin", spoken=("what",))
TOPIC_LOCKED = kind("topic.locked", "A topic was locked or opened again", "%(actor)s %(what)s “%(title)s”", icon="lock", spoken=("what",))
TOPIC_MOVED = kind(
    "topic.moved", "A topic was moved to another forum", "%(actor)s moved “%(title)s” from %(was)s to %(forum)s", icon="move"
)
TOPIC_MERGED = kind("topic.merged", "A topic was merged into another", "%(actor)s merged “%(title)s” into “%(into)s”", icon="move")
TOPIC_PARTED = kind(
    "topic.parted", "A merged topic is one of its own again", "%(actor)s took “%(title)s” out of “%(into)s” again", icon="undo"
)
TOPIC_SPLIT = kind("topic.split", "Posts of a topic became one of their own", "%(actor)s split “%(into)s” from “%(title)s”", icon="move")
TOPIC_REMOVED = kind("topic.removed", "A topic was removed", "%(actor)s removed “%(title)s”", icon="remove")
TOPIC_RESTORED = kind("topic.restored", "A removed topic came back", "%(actor)s brought back “%(title)s”", icon="discussions")
ANSWER_WITHDRAWN = kind("answer.withdrawn", "An answer is none any more", "%(actor)s took back the answer in “%(title)s”", icon="check")
ANSWER_CHOSEN = kind("answer.chosen", "An answer was chosen", "%(actor)s chose an answer in “%(title)s”", icon="check")
POST_WRITTEN = kind("post.created", "A post was written", "%(actor)s wrote in “%(title)s”", icon="discussions")
POST_EDITED = kind("post.edited", "A post was changed", "%(actor)s changed a post in “%(title)s”", icon="edit")
POST_REMOVED = kind("post.removed", "A post was removed", "%(actor)s removed a post in “%(title)s”", icon="remove")
POST_RESTORED = kind("post.restored", "A removed post came back", "%(actor)s brought back a post in “%(title)s”", icon="discussions")
POST_HIDDEN = kind("post.hidden", "A moderator hid a post", "%(actor)s hid a post in “%(title)s”: %(reason)s", icon="eye-off")
POST_SHOWN = kind("post.shown", "A moderator showed a hidden post again", "%(actor)s showed a post in “%(title)s” again", icon="eye")
POST_REACTED = kind(
    "post.reacted", "Somebody reacted to a post", "%(actor)s reacted to a post in “%(title)s”: %(emoji)s", icon="star", quiet=True
)
POST_UNREACTED = kind(
    "post.unreacted", "A reaction was taken back", "%(actor)s took back %(emoji)s on a post in “%(title)s”", icon="star", quiet=True
)

CHANGES = frozenset(
    of.name for of in (POST_WRITTEN, POST_EDITED, POST_REMOVED, POST_RESTORED, POST_HIDDEN, POST_SHOWN, POST_REACTED, POST_UNREACTED)
)  # each is of a message, for whom that was at the time, and changes how it looks
ANSWERS = frozenset({ANSWER_CHOSEN.name, ANSWER_WITHDRAWN.name})  # facts: `post`, the answer now, and `was`, the one before
KNOTS = frozenset({TOPIC_CHANGED.name, TOPIC_LOCKED.name})  # shown between a topic's messages
