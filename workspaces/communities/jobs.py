"""Who is told of introductions: whom they are about, and who asked of what was answered."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.notices.actions import take_back, tell
from portal.people.models import Person
from workspaces.communities.events import ANSWERED, MADE, PROPOSED, TAKEN_BACK
from workspaces.communities.models import Introduction

LETTER = "introduction"


@on(PROPOSED.name, ANSWERED.name, topic="tell of introductions", meaning="Introductions that people are asked about, and their answers")
def tell_of_introduction(house: Any, event_id: str) -> None:
    """Whom it is about that they are asked; who asked what the answer was."""
    with house.db.writing() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        row = _introduction(session, event)
        if row is None or row.withdrawn_at is not None:
            return
        meant = row.asked_by_pk
        if event.kind == PROPOSED.name:
            meant = session.scalars(select(Person.pk).where(Person.id == event.facts["person"])).one()
        if meant != event.actor_pk:
            tell(session, event, {meant: "meet"}, thing=f"introduction:{row.id}", mail=LETTER, about=row)


@on(MADE.name, TAKEN_BACK.name, topic="end introductions", meaning="Introductions that nobody needs to be told of any more")
def end_introduction(house: Any, event_id: str) -> None:
    with house.db.writing() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        row = _introduction(session, event)
        if row is not None:
            take_back(session, row)


def _introduction(session: Session, event: Event) -> Introduction | None:
    """None where the facts were forgotten meanwhile: somebody was erased."""
    return session.scalar(select(Introduction).where(Introduction.id == event.facts.get("introduction")))
