"""Shape and bounds of a report, and of what is decided."""

from typing import Annotated, Literal

from pydantic import Field

from portal.kernel.schemas import Schema, line, text
from workspaces.forums.schemas import BODY, TITLE
from workspaces.rooms.schemas import Day

REASON = 300


class Report(Schema):
    """Why a message should be looked at; moderators read it, its author does not."""

    reason: line(REASON, 1)


class HeldPatch(Schema):
    """Other words for what waits; a title only where it starts a discussion."""

    title: line(TITLE, 1) | None = None
    body: text(BODY, 1)


class DecidingHeld(Schema):
    """What is decided about a first message: `version` is the one that was read, and who refuses it writes why."""

    action: Literal["approve", "refuse"]
    version: Annotated[int, Field(ge=1, le=10**6)]
    reason: line(REASON) = ""


class Deciding(Schema):
    """What is decided about a reported message. All but keeping it need a reason, which its author reads; a pause needs a day."""

    action: Literal["keep", "hide", "ask", "remove", "pause"]
    reason: line(REASON) = ""
    until: Day | None = None
