"""How the kinds of names are called."""

from collections.abc import Callable

from portal.kernel.words import gettext as _
from search.names.models import COMPETITOR, PRODUCT, WORD

KINDS: dict[str, Callable[[], str]] = {
    PRODUCT: lambda: _("Product"),
    COMPETITOR: lambda: _("Competitor"),
    WORD: lambda: _("Word"),
}
HEADINGS: dict[str, Callable[[], str]] = {
    PRODUCT: lambda: _("Products"),
    COMPETITOR: lambda: _("Competitors"),
    WORD: lambda: _("Words"),
}
