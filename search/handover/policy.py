"""Who hands over what somebody holds: admins, who see no content by it, and the managers above. Who leaves learns of it by what is gone."""

from sqlalchemy import and_, false, or_, select, true

from portal.kernel.actor import Actor
from portal.kernel.policy import Condition, Verbs, rule
from portal.kernel.prepared import present
from portal.people.models import Person, Reporting
from search.handover.models import REVERSIBLE, Handover


class May(Verbs):
    """Verbs of handovers."""

    LIST_HANDOVERS = "Look for handovers among those one may know of, and see how accounts hang on people: staff"
    PROPOSE_HANDOVER = "Propose that what somebody holds goes to somebody else: admins, the managers above them, and they themselves"
    READ_HANDOVER = "See a handover: admins, the managers above who hands over, who proposed it until it is done, then the successor"
    DECIDE_HANDOVER = "Have a proposed handover done, or not: admins, and managers above both"
    REVERSE_HANDOVER = "Take back a handover within 30 days: admins, and managers above both"


@rule(May.LIST_HANDOVERS)
def list_handovers(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.PROPOSE_HANDOVER, Person, refusal="Only an admin, a manager above them and they themselves can propose this.")
def propose_handover(actor: Actor) -> Condition:
    if not actor.is_staff:
        return false()
    return and_(Person.is_staff.is_(True), or_(true() if actor.is_admin else Person.pk.in_(_below(actor)), Person.pk == actor.pk))


@rule(May.READ_HANDOVER, Handover, reads=True)
def read_handover(actor: Actor) -> Condition:
    if not actor.is_staff:
        return false()
    not_mine = Handover.from_pk != actor.pk
    above = not_mine if actor.is_admin else and_(not_mine, Handover.from_pk.in_(_below(actor)))
    proposed = and_(Handover.by_pk == actor.pk, Handover.done_at.is_(None))
    received = and_(Handover.to_pk == actor.pk, Handover.done_at.is_not(None))
    return or_(above, proposed, received)


@rule(May.DECIDE_HANDOVER, Handover, refusal="Only an admin or a manager above both decides, once.")
def decide_handover(actor: Actor) -> Condition:
    return and_(Handover.done_at.is_(None), Handover.declined_at.is_(None), _above_both(actor))


@rule(May.REVERSE_HANDOVER, Handover, refusal="Only an admin or a manager above both can take it back, within 30 days.")
def reverse_handover(actor: Actor) -> Condition:
    return and_(Handover.done_at > present(-REVERSIBLE), Handover.reversed_at.is_(None), _above_both(actor))


def _above_both(actor: Actor) -> Condition:
    """Nobody hands over what they hold themselves, whoever they are."""
    if not actor.is_staff:
        return false()
    not_mine = Handover.from_pk != actor.pk
    return not_mine if actor.is_admin else and_(not_mine, Handover.from_pk.in_(_below(actor)), Handover.to_pk.in_(_below(actor)))


def _below(actor: Actor):  # type: ignore[no-untyped-def]
    """Themselves, and everybody who reports to them; of who is nobody's manager themselves alone."""
    return select(Reporting.person_pk).where(Reporting.holder_pk == actor.pk)
