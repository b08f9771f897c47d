"""What a handover is on the trail of each account, and to clients where they are told."""

from portal.kernel.events import kind

HANDED_OVER = kind(
    "handover.done",
    "What somebody held of an account went to a successor",
    "%(actor)s carried out the handover from %(was)s to %(now)s",
    group="account",
    icon="swap",
    ours=True,
)
TAKEN_BACK = kind(
    "handover.reversed",
    "A handover was taken back",
    "%(actor)s took back the handover from %(was)s to %(now)s",
    group="account",
    icon="undo",
    ours=True,
)
ANNOUNCED = kind(
    "handover.announced",
    "The people of a workspace were told who looks after them now",
    "%(now)s now looks after what %(was)s looked after",
    group="people",
    icon="swap",
)
