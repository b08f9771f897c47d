"""Shape and bounds of what is said about the shelf."""

from typing import Annotated, Literal

from pydantic import Field

from portal.kernel.schemas import Schema, line
from workspaces.library.schemas import NOTE


class Placing(Schema):
    """Where a document goes, and whether new versions of it arrive by themselves."""

    folders: Annotated[list[str], Field(max_length=500)] = []
    how: Literal["follow", "ask"] = "follow"


class PlacingSeveral(Schema):
    """Which documents go into one folder."""

    masters: Annotated[list[str], Field(max_length=100)] = []
    how: Literal["follow", "ask"] = "follow"


class PlacingBody(Schema):
    """The same of the API."""

    folders: Annotated[list[str], Field(min_length=1, max_length=100)]
    follows: bool = True


class Answering(Schema):
    """What becomes of a newer version, or of those to come; `changed` is what the file's readers are told of the one that is taken."""

    act: Literal["take", "keep", "follow", "ask"]
    changed: line(NOTE) = ""


class PlacementPatch(Schema):
    """The same of the API; what is not sent stays."""

    follows: bool | None = None
    newer: Literal["take", "keep"] | None = None
    note: line(NOTE) = ""
