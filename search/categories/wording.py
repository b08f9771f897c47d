"""Why the machine takes a message for something, in the reader's language."""

from collections.abc import Callable

from portal.kernel.words import gettext as _
from search.categories.machine import NAMED

REASONS: dict[str, Callable[[], str]] = {
    "ends with a question mark": lambda: _("it ends with a question mark"),
    "asks in the middle": lambda: _("it asks in the middle"),
    "begins as a question does": lambda: _("it begins as a question does"),
    "wants to know": lambda: _("it wants to know"),
    "says what they will do": lambda: _("it says what they will do"),
    "says that it will be done": lambda: _("it says that it will be done"),
    "gives their word": lambda: _("it gives their word"),
    "says what they need": lambda: _("it says what they need"),
    "gives a reason not to": lambda: _("it gives a reason not to"),
    "says what is decided": lambda: _("it says what is decided"),
    "speaks of money": lambda: _("it speaks of money"),
    "speaks of another vendor": lambda: _("it speaks of another vendor"),
    "signals danger": lambda: _("it signals danger"),
    "is not satisfied": lambda: _("it is not satisfied"),
    "is satisfied": lambda: _("it is satisfied"),
    "wishes for what is not there": lambda: _("it wishes for what is not there"),
    "words": lambda: _("by all of its words"),
    "lesson": lambda: _("the same words were corrected before"),
}


def reason(why: str) -> str:
    """As it reads beside a guess."""
    if why.startswith(NAMED):
        return _("it names %(name)s", name=why.removeprefix(NAMED))
    return REASONS[why]() if why in REASONS else why
