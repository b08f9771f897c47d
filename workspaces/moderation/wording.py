"""What moderation says, in the language being spoken."""

from portal.kernel.words import gettext as _
from workspaces.moderation.models import ASK, HIDE, KEEP, PAUSE, REMOVE, Flag, Ruling


def done(action: str) -> str:
    """What was decided, for the trail, the list of what is done, and the letters."""
    return {
        KEEP: _("It stays as it is"),
        HIDE: _("It is hidden"),
        ASK: _("Its author was asked to change it"),
        REMOVE: _("It was removed"),
        PAUSE: _("It is hidden, and its author paused"),
    }[action]


def to_author(ruling: Ruling) -> str:
    """What the author reads of it."""
    return {
        KEEP: _("Your message was looked at and stays as it is."),
        HIDE: _("Your message was hidden. Only you and the moderators see it."),
        ASK: _("You are asked to change your message."),
        REMOVE: _("Your message was removed."),
        PAUSE: _("Your message was hidden, and you can read here but not write for a while."),
    }[ruling.action]


def to_reporter(flag: Flag) -> str:
    """What became of a report, for who sent it: never more than that, and not the words to the author."""
    if flag.ruling is None:
        return _("Nobody has looked at it yet.")
    return {
        KEEP: _("A moderator looked at it. The message stays as it is."),
        HIDE: _("A moderator looked at it. The message is hidden."),
        ASK: _("A moderator looked at it and asked for a change."),
        REMOVE: _("A moderator looked at it. The message was removed."),
        PAUSE: _("A moderator looked at it. The message is hidden."),
    }[flag.ruling.action]
