"""Plans to begin with: a sensible example for what most rooms are about, to be changed like any other."""

from dataclasses import dataclass

from portal.kernel.words import gettext as _


@dataclass(frozen=True)
class Line:
    """A milestone (no `under`) or a step; `days` after the first day."""

    title: str
    days: int | None
    milestone: bool = False


@dataclass(frozen=True)
class Outline:
    """A plan without names. Steps belong to the milestone that comes before them."""

    name: str
    about: str
    lines: tuple[Line, ...]


def outlines() -> dict[str, Outline]:
    """By the name that a form sends."""
    return {"evaluation": _evaluation(), "onboarding": _onboarding()}


def _evaluation() -> Outline:
    return Outline(
        _("Evaluation"),
        _("From what must be shown to a decision, in six weeks."),
        (
            Line(_("We know what must be shown"), 7, milestone=True),
            Line(_("Agree on three questions that the trial must answer"), 4),
            Line(_("Name who tries it, and who decides"), 7),
            Line(_("The trial is running"), 21, milestone=True),
            Line(_("Set it up in one place"), 14),
            Line(_("Look at the first results together"), 21),
            Line(_("Decision"), 42, milestone=True),
            Line(_("Write down what was found, on both sides"), 35),
            Line(_("Settle price, quantity and dates"), 40),
        ),
    )


def _onboarding() -> Outline:
    return Outline(
        _("Onboarding"),
        _("From the order to everyday use, in eight weeks."),
        (
            Line(_("Everything is ready to start"), 10, milestone=True),
            Line(_("Name one person on each side who keeps this plan"), 3),
            Line(_("Send what we need to know: sites, people, access"), 7),
            Line(_("Go-live"), 35, milestone=True),
            Line(_("Set up and test together"), 24),
            Line(_("Train those who will use it"), 30),
            Line(_("It is everyday use"), 56, milestone=True),
            Line(_("Look back after three weeks: what still costs time?"), 56),
        ),
    )
