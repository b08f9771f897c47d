"""Shape and bounds of a report, and of what is decided."""

from typing import Literal

from portal.kernel.schemas import Schema, line
from workspaces.rooms.schemas import Day

REASON = 300


class Report(Schema):
    """Why a message should be looked at; moderators read it, its author does not."""

    reason: line(REASON, 1)


class Deciding(Schema):
    """What is decided about a reported message. All but keeping it need a reason, which its author reads; a pause needs a day."""

    action: Literal["keep", "hide", "ask", "remove", "pause"]
    reason: line(REASON) = ""
    until: Day | None = None
