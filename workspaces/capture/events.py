"""What happens to what comes by mail and by drop, and how it reads on the trail. All of it is for our own eyes."""

from portal.kernel.events import kind

ADDRESS_MADE = kind(
    "capture.address", "A new address for mail was made", "%(actor)s made a new address for mail", group="account", icon="mail", ours=True
)
HELD_BACK = kind(
    "capture.held",
    "A letter was held back until somebody of the team looks at it",
    "A letter from %(sender)s is held back",
    group="account",
    icon="mail",
    ours=True,
)
LET_IN = kind(
    "capture.let_in", "A held letter was let in", "%(actor)s let in a letter from %(sender)s", group="account", icon="mail", ours=True
)
TURNED_AWAY = kind(
    "capture.refused",
    "A held letter was refused",
    "%(actor)s refused a letter from %(sender)s",
    group="account",
    icon="remove",
    ours=True,
)
