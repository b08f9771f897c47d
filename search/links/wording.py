"""How what is spoken of is called."""

from collections.abc import Callable

from portal.kernel.words import gettext as _
from search.links.models import ACCOUNT, AMOUNT, CONTACT, PRODUCT, QUANTITY

WHATS: dict[str, Callable[[], str]] = {
    ACCOUNT: lambda: _("Account"),
    CONTACT: lambda: _("Contact"),
    PRODUCT: lambda: _("Product"),
    QUANTITY: lambda: _("Quantity"),
    AMOUNT: lambda: _("Amount"),
}


def link_kind(what: str) -> str:
    """As it reads on a page."""
    return WHATS[what]()
