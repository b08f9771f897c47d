"""How an introduction is called, and words to begin a discussion with."""

from portal.kernel.words import gettext as _
from workspaces.communities.models import Introduction


def title(row: Introduction) -> str:
    """Of one: Introducing Petra Raman. Of two: Petra Raman and Bram Visser."""
    if row.other is None:
        return _("Introducing %(name)s", name=row.one.name)
    return _("%(one)s and %(other)s", one=row.one.name, other=row.other.name)


def openers() -> list[tuple[str, str]]:
    """(title, body) of discussions that get people talking; whoever uses one makes it their own before it is sent."""
    return [
        (
            _("What did you try lately that worked?"),
            _("One thing that worked, in two sentences: what you did, and what came of it. Half-finished counts."),
        ),
        (
            _("What would you do differently if you began again?"),
            _("You have been at it for a while. If you began tomorrow, with what you know now, what would you leave out?"),
        ),
        (
            _("What do you count, and how?"),
            _("Everybody has one figure that they look at first. Which is yours, how do you come by it, and what does it not tell you?"),
        ),
        (
            _("Which question are you stuck on?"),
            _("Write it as you would say it to a colleague. Whoever has been there answers, even if it is only with another question."),
        ),
        (
            _("How did it turn out?"),
            _("Some of you asked something here a while ago. What did you do in the end, and was the advice any good?"),
        ),
    ]
