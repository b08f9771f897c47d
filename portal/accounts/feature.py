"""What accounts bring: their pages, and what an admin sees of them beside a person."""

from portal.accounts import api, checks, copies, documents, erasing, importing, policy, sources, views
from portal.accounts.views import ownership
from portal.kernel.feature import Feature
from portal.web.slots import fill


def _fill() -> None:
    fill("person.aside", ownership.owned_by, "accounts/_owned.html")


ACCOUNTS = Feature(
    declares=(checks, copies, documents, erasing, importing, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
