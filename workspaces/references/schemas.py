"""Shape and bounds of what is told about references."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from portal.kernel.schemas import Schema, text
from portal.kernel.shapes import means
from workspaces.rooms.schemas import Id

WORDS = 2000


class Inviting(Schema):
    """Why somebody is asked to be a reference."""

    words: text(WORDS, 1)


class Saying(Schema):
    """Whether one is a reference: `often`, at most `most` times a quarter; `each`, whenever asked; `no`."""

    terms: Literal["often", "each", "no"]
    most: Annotated[int, Field(ge=1, le=20)] = 2
    words: text(WORDS) = ""


class ReferencesAsked(TypedDict, total=False):
    """Which references."""

    industry: Annotated[str, means("Of accounts of this industry.")]
    tag: Annotated[str, means("Of accounts that have this tag.")]


class Seeking(Schema):
    """Which reference is asked for a talk, with which contact of the account, and why. `agreed`: the contact knows that they and their
    address are named."""

    reference: Id
    contact: Id
    words: text(WORDS, 1)
    agreed: bool = False


class Answer(Schema):
    """Yes or no."""

    agrees: bool
