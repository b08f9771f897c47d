"""Who is told of the plan: whose step it is, when somebody else gave it to them or moved its day."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.audiences import people_in
from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.notices.actions import tell
from portal.notices.wishes import admits, levels_of
from portal.people.models import Person
from workspaces.plan.events import ADDED, DUE_CHANGED, OWNERS_CHANGED
from workspaces.plan.models import PlanItem

LETTER = "plan"  # as composed in mails.py


@on(
    ADDED.name, OWNERS_CHANGED.name, DUE_CHANGED.name, topic="tell of the plan", meaning="Changes of the plan that people are to be told of"
)
def tell_of_step(house: Any, event_id: str) -> None:
    with house.db.writing() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        tell_owners(session, event)


def tell_owners(session: Session, event: Event) -> None:
    """Those whose step it is now, who did not do it themselves, and were not told the same before."""
    item = session.scalar(select(PlanItem).where(PlanItem.id == event.subject_id))
    if item is None or item.removed_at or item.done:
        return
    owners = {person.pk: person for person in item.owners}
    meant = owners.keys() & people_in(session, item.audience_pk) - {event.actor_pk}
    if event.kind == OWNERS_CHANGED.name:
        meant -= _had_it(event, owners.values())
    levels = levels_of(session, meant, [f"workspace:{item.workspace.id}"])
    people = {pk: "plan" for pk in meant if admits(levels[pk], "plan")}
    tell(session, event, people, thing=f"plan_item:{item.id}", mail=LETTER)


def _had_it(event: Event, owners: Iterable[Person]) -> set[int]:
    """Who was named before already: they know of it."""
    before = set(event.facts.get("owners_were") or [])
    return {person.pk for person in owners if person.id in before}
