"""A search as the API has it."""

from typing import Annotated, Literal, NotRequired

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named
from search.finding.known import Knows
from search.finding.queries import Found, Line

SearchAsked = TypedDict(
    "SearchAsked",
    {
        "q": Annotated[str, means('Words, `"phrases"`, `author:`, `in:`, `kind:`, `before:`, `after:`.')],
        "kind": Annotated[str, means("`post`, `file`, `note`, `contact` or `account`.")],
        "account": Annotated[str, means("An id.")],
        "workspace": Annotated[str, means("An id, or words of its title.")],
        "author": Annotated[str, means("An id, or words of a name.")],
        "category": Annotated[str, means("What a message is; for staff.")],
        "from": Annotated[str, means("A day in UTC; a month or a year will do.")],
        "to": Annotated[str, means("A day in UTC, included.")],
        "sort": Literal["relevance", "newest"],
        "limit": Annotated[int, means("How many at most; 50 unless told, above 200 it is 200.")],
        "cursor": Annotated[str, means("Where to go on: what `next` said.")],
    },
    total=False,
)


class HitJson(TypedDict):
    """Something that was found."""

    kind: str
    id: Annotated[str, means("That of the thing found.")]
    title: str
    snippet: Annotated[str, means("Safe HTML, with `<mark>` alone.")]
    url: str
    account: str | None
    workspace: str | None
    author: NamedJson | None
    at: Moment
    categories: NotRequired[Annotated[list[str], means("For staff.")]]


class CountJson(TypedDict):
    """How many hits have this value."""

    value: str
    name: str
    count: int


class FoundJson(TypedDict):
    """A page of hits."""

    total: int
    total_is_exact: Annotated[bool, means("False where only the newest of very many were ranked, or while the index is rebuilt.")]
    items: list[HitJson]
    facets: Annotated[dict[str, list[CountJson]], means("`kind`, `workspace`, `author`; for staff `account` and `category` too.")]
    suggestion: Annotated[str | None, means("The words as they may have been meant.")]
    next: str | None


class KnowsAsked(TypedDict, total=False):
    """What is asked about."""

    q: Annotated[str, means("Words.")]
    workspace: Annotated[str, means("An id, or words of its title.")]


class KnowsJson(TypedDict):
    """Somebody who answered about something."""

    person: NamedJson
    title: str
    company: Annotated[str | None, means("Of a client.")]
    answers: Annotated[int, means("How many of the best messages about it are theirs.")]
    chosen: Annotated[int, means("How many of these were chosen as the answer.")]
    post: Annotated[str, means("The best of them.")]
    snippet: Annotated[str, means("Safe HTML, with `<mark>` alone.")]
    url: str
    ask: Annotated[str | None, means("Where a discussion with them begins; null where there is no place that both read.")]


def found_json(actor: Actor, found: Found, following: str | None) -> FoundJson:
    return {
        "total": found.total,
        "total_is_exact": found.exact,
        "items": [_hit(line, actor) for line in found.lines],
        "facets": {
            name: [{"value": value, "name": words, "count": n} for value, words, n in counts] for name, counts in found.facets.items()
        },
        "suggestion": found.suggestion,
        "next": following,
    }


def _hit(line: Line, actor: Actor) -> HitJson:
    shown: HitJson = {
        "kind": line.kind,
        "id": line.id,
        "title": line.title,
        "snippet": str(line.snippet),
        "url": line.url,
        "account": line.account.id if line.account else None,
        "workspace": line.workspace.id if line.workspace else None,
        "author": named(line.author) if line.author else None,
        "at": rfc3339(line.at),
    }
    if actor.is_staff:
        shown["categories"] = list(line.categories)
    return shown


def knows_json(one: Knows) -> KnowsJson:
    return {
        "person": named(one.person),
        "title": one.person.title,
        "company": one.company,
        "answers": one.answers,
        "chosen": one.chosen,
        "post": one.post.id,
        "snippet": str(one.snippet),
        "url": one.post.path,
        "ask": one.ask or None,
    }
