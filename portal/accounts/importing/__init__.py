"""Accounts and contacts as other systems have them."""

from portal.accounts.importing import accounts as accounts
from portal.accounts.importing import contacts as contacts
