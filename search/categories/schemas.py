"""What a person says a message is."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from portal.kernel.schemas import Schema
from search.categories.labels import NAMES, Category


def _known(value: object) -> object:
    return Category(value) if isinstance(value, str) and value in NAMES else value


class Categorising(Schema):
    """Those it is; what is not named it is not."""

    categories: Annotated[list[Annotated[Category, BeforeValidator(_known)]], Field(max_length=len(Category))]
