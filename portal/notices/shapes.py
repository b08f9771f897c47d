"""Notices as the API and live events have them."""

from typing import Annotated, Any, Literal

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.kernel.sources import cite
from portal.notices.models import Notice, Wishes
from portal.notices.queries import level_at


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


class WishesJson(TypedDict):
    """How much somebody wants to hear, where it goes and when."""

    level: Annotated[str, one_of("all", "mine", "mentions"), means("Where nothing was said about a workspace or discussion.")]
    addressed: Annotated[str, one_of("now", "digest", "here"), means("Mentions, answers, and questions to whoever runs a workspace.")]
    followed: Annotated[str, one_of("now", "digest", "here")]
    plan: Annotated[str, one_of("now", "digest", "here")]
    every: Annotated[str, one_of("day", "week"), means("How often a digest is sent, if there is something to tell.")]
    weekday: Annotated[int, means("Of a weekly digest; 0 is Monday.")]
    hour: int
    quiet_from: Annotated[int | None, means("The hour from which mail waits, in the person's time zone; the inbox has it at once.")]
    quiet_to: int | None
    quiet_days: Annotated[str, means("Days on which mail waits throughout: `56` is the weekend.")]


def wishes_json(wishes: Wishes) -> WishesJson:
    return {
        "level": wishes.level,
        "addressed": wishes.addressed,
        "followed": wishes.followed,
        "plan": wishes.plan,
        "every": wishes.every,
        "weekday": wishes.weekday,
        "hour": wishes.hour,
        "quiet_from": wishes.quiet_from,
        "quiet_to": wishes.quiet_to,
        "quiet_days": wishes.quiet_days,
    }


class HearingJson(TypedDict):
    """How much one hears of a workspace."""

    id: Annotated[str, means("That of the workspace.")]
    title: str
    url: str
    how: Annotated[Literal["all", "mentions", "muted"] | None, means("Null: as one's settings say.")]


def hearing_json(actor: Actor, place: Any) -> HearingJson:
    """Of a place that the actor may read."""
    how: Any = level_at(actor, f"{place.__kind__}:{place.id}") or None
    return {"id": place.id, "title": place.title, "url": place.path, "how": how}


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
