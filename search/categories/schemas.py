"""What a person says a message is."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from portal.kernel.schemas import Schema
from search.categories.labels import NAMES, Category

MOST_AT_ONCE = 200  # messages


def _known(value: object) -> object:
    return Category(value) if isinstance(value, str) and value in NAMES else value


class OfSeveral(Schema):
    """What is said of several messages: the category, and whether they are of it."""

    category: Annotated[Category, BeforeValidator(_known)]
    say: Literal["yes", "no"]
    posts: Annotated[list[str], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Categorising(Schema):
    """Those it is; what is not named it is not."""

    categories: Annotated[list[Annotated[Category, BeforeValidator(_known)]], Field(max_length=len(Category))]
