"""Who may see what they were told: they alone."""

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from portal.notices.models import Notice


class May(Verbs):
    """Verbs of notices."""

    READ_NOTICE = "See and clear a notice: whom it is for"


@rule(May.READ_NOTICE, Notice, reads=True)
def read_notice(actor: Actor) -> Condition:
    return Notice.person_pk == actor.pk
