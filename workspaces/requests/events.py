"""What happens to requests to be let in, and how it reads on the trail. All of it is for our own eyes."""

from portal.kernel.events import kind

ASKED = kind(
    "entry.asked",
    "Somebody who is not in a workspace asked to be let in",
    "%(name)s asked to be let into “%(title)s”",
    group="people",
    icon="person-add",
    ours=True,
)
PROPOSED = kind(
    "entry.proposed",
    "A client asked that a colleague is let into a workspace",
    "%(actor)s asked that %(name)s is let into “%(title)s”",
    group="people",
    icon="person-add",
    ours=True,
)
ACCEPTED = kind(
    "entry.accepted",
    "Somebody who asked to be let in was invited",
    "%(actor)s agreed that %(name)s comes into “%(title)s”",
    group="people",
    icon="person-add",
    ours=True,
)
DECLINED = kind(
    "entry.declined",
    "Somebody who asked to be let in was not",
    "%(actor)s did not let %(name)s into “%(title)s”: %(reason)s",
    group="people",
    icon="person-add",
    ours=True,
    without={"reason": "%(actor)s did not let %(name)s into “%(title)s”"},
)
ALLOWED = kind(
    "entry.allowed",
    "Somebody who was refused for good may ask to be let in again",
    "%(actor)s lets %(name)s ask again to come into “%(title)s”",
    group="people",
    icon="person-add",
    ours=True,
)
