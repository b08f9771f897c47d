"""Notices as the API and live events have them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.kernel.sources import cite
from portal.notices.models import Notice


class SourceJson(TypedDict):
    """The thing itself."""

    kind: str
    id: str


class NoticeJson(TypedDict):
    """An entry of the inbox."""

    id: str
    at: Moment
    why: Annotated[str, means("`mention`, `reply`, `follow` …")]
    title: Annotated[str | None, means("Null, as `url` and `source` are, where the person may not read it any more.")]
    url: str | None
    source: SourceJson | None
    read: bool
    done: bool


def notices_json(actor: Actor, notices: list[Notice]) -> list[NoticeJson]:
    """Notices as JSON; title and url only of what the person may still read."""
    cited = cite(actor, ((notice.source_kind, notice.source_id) for notice in notices))
    shown: list[NoticeJson] = []
    for notice in notices:
        citation = cited.get((notice.source_kind, notice.source_id))
        shown.append(
            {
                "id": notice.id,
                "at": rfc3339(notice.created_at),
                "why": notice.why,
                "title": citation.title if citation else None,
                "url": citation.url if citation else None,
                "source": {"kind": notice.source_kind, "id": notice.source_id} if citation else None,
                "read": notice.read_at is not None,
                "done": notice.done_at is not None,
            }
        )
    return shown
