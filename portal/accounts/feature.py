"""What accounts bring: their pages, and what an admin sees of them beside a person."""

from portal.accounts import api, checks, copies, documents, erasing, importing, policy, sources, views
from portal.accounts.policy import May
from portal.accounts.views import ownership
from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill


def _fill() -> None:
    shortcut("accounts", Shortcut(lambda: _("Accounts"), "account", "/accounts", May.LIST_ACCOUNTS, acts=False))
    shortcut("account.new", Shortcut(lambda: _("New account"), "add", "/accounts/new", May.CREATE_ACCOUNT))
    fill("person.aside", ownership.owned_by, "accounts/_owned.html")


ACCOUNTS = Feature(
    declares=(checks, copies, documents, erasing, importing, policy, sources),
    pages=(views.pages, api.api),
    fills=_fill,
)
