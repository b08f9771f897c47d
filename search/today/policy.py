"""Who has a Today page."""

from portal.kernel.actor import Actor
from portal.kernel.policy import Verbs, rule


class May(Verbs):
    """Verbs of Today."""

    SEE_TODAY = "See what waits for oneself: staff"


@rule(May.SEE_TODAY)
def see_today(actor: Actor) -> bool:
    return actor.is_staff
