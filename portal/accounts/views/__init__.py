"""Pages of accounts."""

from portal.accounts.views import accounts, contacts, keeping_apart, notes, ownership
from portal.accounts.views.pages import pages as pages

__all__ = ["accounts", "contacts", "keeping_apart", "notes", "ownership", "pages"]
