"""The signs that people can put on a message, in the order in which they are shown, and what each is called."""

from portal.kernel.words import gettext as _

HELPFUL = "helpful"
EMOJI = (HELPFUL, "👍", "❤️", "🎉", "😄", "👀")


def offered() -> list[tuple[str, str]]:
    """Each with its name, for what lets people choose."""
    return [(emoji, called(emoji)) for emoji in EMOJI]


def called(emoji: str) -> str:
    """Its name, for who does not see the sign."""
    names = {
        HELPFUL: _("Helpful"),
        "👍": _("Agreed"),
        "❤️": _("Thank you"),
        "🎉": _("Congratulations"),
        "😄": _("Made me smile"),
        "👀": _("I am looking at it"),
    }
    return names[emoji]
