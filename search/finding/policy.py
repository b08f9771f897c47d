"""Who may search: anybody signed in, among what they may read."""

from portal.kernel.actor import Actor
from portal.kernel.policy import Verbs, rule


class May(Verbs):
    """Verbs of searching."""

    SEARCH = "Search what one may read: anybody signed in"


@rule(May.SEARCH)
def search(actor: Actor) -> bool:
    return actor.person is not None
