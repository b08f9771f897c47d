"""Shape and bounds of what people say about what they want to hear."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from portal.kernel.schemas import Schema
from portal.kernel.words import gettext as _

Way = Literal["now", "digest", "here"]
Hour = Annotated[int, Field(ge=0, le=23)]


def _days(value: str) -> str:
    """Each once, in order; not all seven, for then no mail would ever go."""
    days = "".join(sorted(set(value)))
    if len(days) > 6:
        raise ValueError(_("Leave one day on which mail may come."))
    return days


class WishesChange(Schema):
    """What a person wants to hear, where it goes and when; what is not sent stays."""

    level: Literal["all", "mine", "mentions"] = "mine"
    addressed: Way = "now"
    followed: Way = "now"
    plan: Way = "now"
    every: Literal["day", "week"] = "day"
    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    hour: Hour = 8
    quiet_from: Hour | None = None
    quiet_to: Hour | None = None
    quiet_days: Annotated[str, StringConstraints(max_length=7, pattern="^[0-6]*$"), AfterValidator(_days)] = ""

    @model_validator(mode="after")
    def _both(self) -> "WishesChange":
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError(_("Choose when the quiet hours begin and when they end, or neither."))
        return self


class LevelChange(Schema):
    """How much to hear of a place."""

    how: Literal["all", "mentions", "muted"]
