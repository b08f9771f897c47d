"""What is said of a promise or a question, and what lists of them may be asked."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from portal.kernel.schemas import Schema, line
from portal.kernel.shapes import means
from workspaces.plan.schemas import Day

State = Literal["open", "kept", "withdrawn", "contested", "undo"]


class PromisesAsked(TypedDict, total=False):
    """Which promises."""

    state: Annotated[Literal["open", "kept", "overdue", "withdrawn", "contested"], means("An open one is `overdue` once its day is over.")]
    side: Annotated[Literal["ours", "theirs"], means("Who made them.")]
    person: Annotated[str, means("The id of who wrote the messages.")]


class QuestionsAsked(TypedDict, total=False):
    """Which questions."""

    state: Literal["open", "answered"]
    person: Annotated[str, means("The id of who asked.")]


class Stating(Schema):
    """From a page: how a promise stands, and why in a line; `undo` takes back what one has said last."""

    state: State
    reason: line(300) = ""


class Mending(Schema):
    """From a page: until when, and what was promised in a few words."""

    due: Day = None
    about: line(200) = ""


class PromisePatch(Schema):
    """What the API changes of a promise; what is not sent stays. Clients send `state` and `reason` alone; `undo` takes back what one
    has said last."""

    state: State | None = None
    reason: line(300) = ""
    due: Day = None
    about: line(200) | None = None


class QuestionPatch(Schema):
    """A person's word on a question; null takes it back."""

    state: Literal["open", "answered"] | None


class Answering(Schema):
    """The same from a page."""

    state: Literal["open", "answered", "undo"]
