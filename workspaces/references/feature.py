"""What references bring: clients who say that they are one, the finder for ours, talks asked for and brought about."""

from portal.kernel.feature import Feature
from portal.notices.queries import BY_SOURCE
from portal.web.slots import fill
from workspaces.references import api, copies, erasing, jobs, mails, policy, slots, sources, views


def _fill() -> None:
    BY_SOURCE.update(("reference", "reference_request"))
    fill("account.beside", slots.at_account, "references/_way.html")
    fill("contact.beside", slots.at_contact, "references/_way_at_contact.html")


REFERENCES = Feature(
    declares=(copies, erasing, jobs, mails, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
