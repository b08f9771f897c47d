"""What moderation says, in the language being spoken."""

from portal.kernel.words import gettext as _
from workspaces.moderation.models import APPROVED, ASK, HIDE, KEEP, PAUSE, REFUSED, REMOVE, WITHDRAWN, Flag, Held, Ruling


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


def ended(outcome: str) -> str:
    """How the waiting of a first message ended, for the trail and the list of what is done."""
    return {APPROVED: _("It was let through"), REFUSED: _("It was refused"), WITHDRAWN: _("It was withdrawn")}[outcome]


def of_held(held: Held) -> str:
    """What is so of a first message; the same for its author and for moderators."""
    return {
        APPROVED: _("It was let through and stands in the discussion."),
        REFUSED: _("It was not let through. Nobody else has seen it."),
        WITHDRAWN: _("It was withdrawn. Nobody else has seen it."),
    }.get(held.outcome, _("This first message waits for a look."))


def told(why: str, about: Flag | Ruling | Held) -> str:
    """What a letter says, by why somebody is told."""
    if isinstance(about, Held):
        return of_held(about)
    if why == "report":
        return _("Somebody reported a message in “%(workspace)s”. It waits for a look.", workspace=about.workspace.title)
    return to_author(about) if isinstance(about, Ruling) else to_reporter(about)
