"""How a request to be let in is called."""

from portal.kernel.words import gettext as _
from workspaces.requests.models import ACCEPTED, DECLINED, EntryRequest


def title(row: EntryRequest) -> str:
    """What it is about as it stands now."""
    if row.state == ACCEPTED:
        return _("%(name)s is invited", name=row.name)
    if row.state == DECLINED:
        return _("%(name)s is not let in", name=row.name)
    return _("%(name)s would like to come in", name=row.name)
