"""What of an account's trail is asked for: the query string of the page and of the API, read once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from portal.kernel.errors import Invalid
from portal.kernel.events import KINDS
from portal.kernel.ids import is_id
from portal.kernel.words import gettext as _

GROUPS = ("conversations", "files", "plan", "people", "account")
A_PAGE = 50


@dataclass(frozen=True)
class Asked:
    """Filters of the trail; empty ones let all through. `until` is when the trail ends: a later line is not there yet."""

    kinds: frozenset[str] = frozenset()  # names of kinds of event
    group: str = ""  # of GROUPS, as the page's chips name them
    who: str = ""  # a person's id
    workspace: str = ""  # its id
    q: str = ""
    since: datetime | None = None
    before: datetime | None = None  # exclusive
    as_of: date | None = None  # the day that the page stands on
    until: datetime | None = None  # exclusive
    told: dict[str, str] = field(default_factory=dict)  # as it was typed, for links and forms
    category: str = ""  # of search.categories.labels
    nothing: bool = False  # asks for what no line can have


def read(args: MultiDict[str, str], zone: ZoneInfo, *, page: bool) -> Asked:
    """Raises Invalid for what is no date, person or kind. The page's `kind` may be a group of kinds, as its chips have it."""
    told = {
        name: args.get(name, "").strip()[:200] for name in ("kind", "who", "person", "workspace", "q", "from", "to", "as_of", "category")
    }
    group = told["kind"] if page and told["kind"] in GROUPS else ""
    kinds = frozenset() if group else _kinds(told["kind"])
    who = told["who"] or told["person"]
    for name, value in (("person", who), ("workspace", told["workspace"])):
        if value and not is_id(value):
            raise Invalid((name, _("This is not an id.")))
    as_of, until = _until(told["as_of"], zone)
    return Asked(
        kinds=kinds,
        group=group,
        who=who,
        workspace=told["workspace"],
        q=told["q"],
        since=moment("from", told["from"], zone),
        before=moment("to", told["to"], zone, end=True),
        as_of=as_of,
        until=until,
        told=defaultdict(str, {name: value for name, value in told.items() if value}),
        category=told["category"],
        nothing=bool(told["kind"]) and not group and not kinds,
    )


def _kinds(told: str) -> frozenset[str]:
    """`post.created,member` → the kinds of these names or first halves. One that we do not have is one that never happened."""
    wanted = [part.strip() for part in told.split(",") if part.strip()]
    return frozenset(name for name in KINDS for part in wanted if name == part or name.startswith(f"{part}."))


def _until(told: str, zone: ZoneInfo) -> tuple[date | None, datetime | None]:
    if not told:
        return None, None
    until = moment("as_of", told, zone, end=True)
    assert until is not None
    return (until - timedelta(microseconds=1)).astimezone(zone).date(), until


def moment(name: str, told: str, zone: ZoneInfo, *, end: bool = False) -> datetime | None:
    """A day is meant in the reader's zone, from its first moment to its last; a moment with `end` includes itself."""
    if not told:
        return None
    try:
        if told < "1000":
            raise ValueError  # the first day of all is none in other zones
        if len(told) == 10:
            day = date.fromisoformat(told)
            return datetime.combine(day + timedelta(days=1) if end else day, time.min, zone).astimezone(UTC)
        told_at = datetime.fromisoformat(told.replace(" ", "+"))  # an unescaped + arrives as a space
        told_at = (told_at if told_at.tzinfo else told_at.replace(tzinfo=zone)).astimezone(UTC)
        return told_at + timedelta(microseconds=1) if end else told_at
    except (ValueError, OverflowError):
        raise Invalid((name, _("Write a date such as 2026-11-19."))) from None


def links(asked: Asked, path: str) -> Any:
    """`url(kind='files')`: the trail's address with this changed; None takes a filter away."""

    def url(**change: Any) -> str:
        told = {name: value for name, value in (asked.told | change).items() if value}
        return f"{path}/trail" + (f"?{urlencode(told)}" if told else "")

    return url
