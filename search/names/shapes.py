"""Names and words as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from search.names.models import KINDS, Name


class NameJson(TypedDict):
    """A product, a competitor, or a word that makes a message one of a category. Only staff are told."""

    id: str
    kind: Annotated[str, one_of(*KINDS)]
    name: str
    aliases: list[str]
    category: Annotated[str, means("What a word makes a message; empty for products and competitors.")]
    exact: Annotated[bool, means("Whether it is meant only in these large and small letters.")]
    by: Annotated[NamedJson | None, means("Who wrote it down or changed it last.")]
    at: Moment
    url: str


def name_json(name: Name) -> NameJson:
    return {
        "id": name.id,
        "kind": name.kind,
        "name": name.name,
        "aliases": list(name.aliases),
        "category": name.category,
        "exact": name.exact,
        "by": named(name.by) if name.by else None,
        "at": rfc3339(name.changed_at),
        "url": name.path,
    }
