"""A calendar address as the API has it."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from workspaces.calendar.models import CalendarFeed


class FeedJson(TypedDict):
    """The address at which a calendar program reads what was agreed."""

    url: Annotated[str, means("A secret: whoever has it reads what its person may see of the plans.")]
    holds: Annotated[str, one_of("own", "all"), means("`own`: one's own steps, and milestones.")]
    made_at: Moment


def feed_json(feed: CalendarFeed, url: str) -> FeedJson:
    return {"url": url, "holds": "all" if feed.whole else "own", "made_at": rfc3339(feed.created_at)}
