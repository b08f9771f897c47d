"""Links as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from search.links.models import WHATS
from search.links.queries import Spoken


class LinkJson(TypedDict):
    """Something that a message or note speaks of. Only staff are told who can read both."""

    id: str
    what: Annotated[str, one_of(*WHATS)]
    target: Annotated[str | None, means("The id of the account, contact or product; null for amounts and quantities.")]
    name: Annotated[str, means("What it is called; of amounts and quantities the value, `12500 EUR`, `50 seats`.")]
    words: Annotated[str, means("The words it rests on.")]
    passage: Annotated[str, means("The sentence that they stand in.")]
    start: Annotated[int, means("Where the words begin, in characters of the message.")]
    end: int
    source: Annotated[str, means("The id of the message or note.")]
    url: Annotated[str, means("Where it was said.")]
    cut_by: Annotated[NamedJson | None, means("Who said that it does not speak of that; null for one that stands.")]
    at: Moment


class LinksJson(TypedDict):
    """What one message speaks of."""

    links: list[LinkJson]


def link_json(spoken: Spoken) -> LinkJson:
    link = spoken.link
    target = link.account or link.contact or link.name
    return {
        "id": link.id,
        "what": link.what,
        "target": target.id if target is not None else None,
        "name": spoken.called,
        "words": spoken.words,
        "passage": f"{spoken.before}{spoken.words}{spoken.after}",
        "start": link.start,
        "end": link.end,
        "source": spoken.source.id,
        "url": spoken.said_at,
        "cut_by": named(link.cut_by) if link.cut_by else None,
        "at": rfc3339(link.created_at),
    }
