"""What the trail puts into the places of other pages; called once by wsgi.py."""

from portal.web.slots import fill
from search.trail import standing


def register() -> None:
    fill("account.standing", standing.stands, "trail/_standing.html")
    fill("account.lately", standing.lately, "trail/_lately.html")
