"""The trail as the API has it."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.accounts.models import Account
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.people.shapes import NamedJson, named
from search.trail.queries import Line
from search.trail.speaking import gone_words

TrailAsked = TypedDict(
    "TrailAsked",
    {
        "kind": Annotated[str, means("Kinds of event, or their first halves, by comma: `post.created,member`.")],
        "category": Annotated[str, means("What a message is.")],
        "workspace": Annotated[str, means("An id.")],
        "person": Annotated[str, means("The id of who did it.")],
        "q": Annotated[str, means("Words.")],
        "from": Annotated[str, means("A day in UTC, or a moment.")],
        "to": Annotated[str, means("A day in UTC, included, or a moment.")],
        "as_of": Annotated[str, means("A day or a moment: the trail ends there.")],
    },
    total=False,
)


class OriginJson(TypedDict):
    """The thing itself: a post's line has the post's id."""

    kind: str
    id: str


class LineJson(TypedDict):
    """Something that happened."""

    id: str
    at: Moment
    recorded_at: Moment
    kind: str
    actor: NamedJson | None
    account: str
    workspace: str | None
    summary: str
    excerpt: str
    url: str | None
    source: OriginJson
    categories: list[str]
    hash: Annotated[str, means("The event's link in the account's chain.")]


def line_json(line: Line, account: Account) -> LineJson:
    event = line.event
    return {
        "id": event.id,
        "at": rfc3339(event.at),
        "recorded_at": rfc3339(event.recorded_at),
        "kind": event.kind,
        "actor": named(line.actor) if line.actor else None,
        "account": account.id,
        "workspace": line.workspace.id if line.workspace else None,
        "summary": gone_words(line.gone) if line.gone else line.sentence,
        "excerpt": line.source.excerpt if line.source else "",
        "url": line.source.url if line.source else None,
        "source": {"kind": event.subject_kind, "id": event.subject_id},
        "categories": list(line.categories),
        "hash": event.hash,
    }
