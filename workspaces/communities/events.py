"""What happens in communities, and how it reads on the trail of each company: of another company nobody is named there."""

from portal.kernel.events import kind

PROPOSED = kind(
    "introduction.proposed",
    "It was proposed how a member of a community is introduced, or that two are introduced to one another",
    "%(actor)s asked %(name)s about an introduction in “%(title)s”",
    group="people",
    icon="people",
    ours=True,
)
ANSWERED = kind(
    "introduction.answered",
    "Somebody said yes or no to being introduced",
    "%(name)s said %(what)s to being introduced in “%(title)s”",
    group="people",
    icon="people",
    spoken=("what",),
    ours=True,
)
MADE = kind(
    "introduction.made",
    "A member was introduced in a community",
    "%(name)s was introduced in “%(title)s”",
    group="people",
    icon="people",
    ours=True,
)
TAKEN_BACK = kind(
    "introduction.withdrawn",
    "An introduction was taken back before it was made",
    "%(actor)s took back that %(name)s be introduced in “%(title)s”",
    group="people",
    icon="people",
    ours=True,
)
