"""Pages of accounts."""

from portal.accounts.views import accounts, contacts, notes, ownership
from portal.accounts.views.pages import pages as pages

__all__ = ["accounts", "contacts", "notes", "ownership", "pages"]
