"""What the trail brings: its page, and what it shows on an account's overview."""

from portal.kernel.feature import Feature
from portal.web.slots import fill
from search.trail import api, copies, standing, views


def _fill() -> None:
    fill("account.lately", standing.lately, "trail/_lately.html")
    fill("account.standing", standing.stands, "trail/_standing.html")


TRAIL = Feature(declares=(copies,), pages=(views.pages, api.api), fills=_fill)
