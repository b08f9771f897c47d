"""Time zones as people choose them."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zones() -> list[tuple[str, str]]:
    """(name, words) of those with a region, such as Europe/Berlin, in order; UTC first."""
    regions = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    names = ["UTC", *sorted(name for name in available_timezones() if name.startswith(regions))]
    return [(name, name.replace("_", " ")) for name in names]
