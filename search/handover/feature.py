"""What handovers bring: the list, what hangs on somebody, carrying it out, taking it back."""

from portal.kernel.feature import Feature
from portal.kernel.words import gettext as _
from portal.web.shortcuts import Shortcut, shortcut
from portal.web.slots import fill
from search.handover import api, cli, copies, events, jobs, mails, policy, views
from search.handover.policy import May


def _fill() -> None:
    shortcut("handovers", Shortcut(lambda: _("Handovers"), "swap", "/handovers", May.LIST_HANDOVERS, acts=False))
    fill("person.aside", views.beside_person, "handover/_person.html")
    fill("account.owner", views.beside_owner, "handover/_owner.html")


HANDOVER = Feature(declares=(copies, events, jobs, mails, policy), pages=(views.pages, api.api), commands=(cli.handover,), fills=_fill)
