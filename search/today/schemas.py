"""What is said on Today about one thing that waits."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator

from portal.kernel.schemas import Schema, line
from portal.kernel.words import gettext as _


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and value else None
    except ValueError:
        raise ValueError(_("Write a date such as 2026-11-19.")) from None


class PuttingOff(Schema):
    """Until which day: that of the button, or the one that was chosen beside it; none brings it back."""

    kind: Literal["topic", "plan_item"]
    thing: line(22, 1)
    until: Annotated[date | None, BeforeValidator(_day)] = None
    day: Annotated[date | None, BeforeValidator(_day)] = None
