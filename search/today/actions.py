"""Putting off what waits for oneself, and bringing it back."""

from datetime import date, datetime, time, timedelta

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import Verbs, fetch
from portal.kernel.words import gettext as _
from portal.notices.wishes import zone_of
from portal.people.queries import today_of
from search.today.models import STEP, TOPIC, Snooze
from search.today.policy import May
from workspaces.forums.policy import May as Forums
from workspaces.plan.policy import May as Plan

READS: dict[str, Verbs] = {TOPIC: Forums.READ_TOPIC, STEP: Plan.READ_PLAN_ITEM}
LONGEST = timedelta(days=366)


@action(May.SEE_TODAY)
def put_off(actor: Actor, *, kind: str, thing: str, until: date | None) -> str:
    """Not before the morning of a day, in the actor's time zone; None: it waits again. Gives what it is called. Raises NotFound for what
    they may not read, Invalid for a day that is not ahead, or further than a year."""
    row = fetch(actor, READS[kind], thing)
    said = actor.session.get(Snooze, (actor.pk, kind, thing))
    if until is None:
        if said is not None:
            actor.session.delete(said)
        return str(row.title)
    if not timedelta(0) < until - today_of(actor) <= LONGEST:
        raise Invalid(("until", _("Choose a day after today, within a year.")))
    morning = datetime.combine(until, time.min, zone_of(actor.session, actor.person))
    if said is None:
        actor.session.add(Snooze(person_pk=actor.pk, kind=kind, thing=thing, at=now(), until=morning))
    else:
        said.at, said.until = now(), morning
    return str(row.title)
