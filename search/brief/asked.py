"""Of when a brief is: the query string of page and API, read once. The date is asked for, never looked up while it is written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from portal.kernel.clock import now, rfc3339
from search.trail.asked import moment


@dataclass(frozen=True)
class When:
    """The moment that a brief stands on, what was known by then or later, and the zone in which its days are told."""

    at: datetime
    zone: ZoneInfo
    known_at: datetime | None = None
    chosen: bool = False  # somebody asked for this moment; else it is the present

    @property
    def day(self) -> date:
        return self.day_of(self.at)

    @property
    def cut(self) -> datetime:
        """What was written or changed after this moment had not been said yet, or was not known."""
        return min(self.at, self.known_at) if self.known_at else self.at

    def day_of(self, value: datetime) -> date:
        return value.astimezone(self.zone).date()

    @property
    def query(self) -> str:
        """The same moment as a query string, to the microsecond: what is asked for by it is the same brief."""
        told = {"as_of": rfc3339(self.at)} | ({"known_at": rfc3339(self.known_at)} if self.known_at else {})
        return urlencode(told)


def read(args: MultiDict[str, str], zone: ZoneInfo) -> When:
    """Raises Invalid for what is no date. A day is meant to its end, where the reader is; a moment includes itself."""
    at = moment("as_of", args.get("as_of", "").strip()[:40], zone, end=True)
    known_at = moment("known_at", args.get("known_at", "").strip()[:40], zone, end=True)
    instant = timedelta(microseconds=1)
    present = now()
    known = known_at - instant if known_at and known_at - instant <= present else None  # what will be known then is not known yet
    if at is None or at - instant > present:
        return When(known or present, zone, known, known is not None)
    return When(at - instant, zone, known, True)
