"""What is written down of a name, and what the list may be asked."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from portal.kernel.schemas import Schema, line, text
from portal.kernel.shapes import means
from search.categories.labels import Category

LONGEST, MOST_ALIASES = 50, 20
Kind = Literal["product", "competitor", "word"]
Of = Literal["", *[each.value for each in Category]]


class NamesAsked(TypedDict, total=False):
    """Which names."""

    kind: Annotated[Kind, means("Products, competitors or words alone.")]


class Listing(Schema):
    """From a page: names, one to a line; what else each is called follows it after commas."""

    kind: Kind
    category: Of = ""
    exact: bool = False
    lines: text(40_000, 1)


class Changing(Schema):
    """From a page: one of them."""

    kind: Kind
    name: line(LONGEST, 1)
    aliases: line(LONGEST * MOST_ALIASES) = ""
    category: Of = ""
    exact: bool = False


class NewName(Schema):
    """A product, a competitor, or a word with the category that it makes a message."""

    kind: Kind
    name: line(LONGEST, 1)
    aliases: Annotated[list[line(LONGEST, 1)], Field(max_length=MOST_ALIASES)] = []
    category: Of = ""
    exact: bool = False


class NamePatch(Schema):
    """What changes; what is not sent stays."""

    kind: Kind | None = None
    name: line(LONGEST, 1) | None = None
    aliases: Annotated[list[line(LONGEST, 1)], Field(max_length=MOST_ALIASES)] | None = None
    category: Of | None = None
    exact: bool | None = None
