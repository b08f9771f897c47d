"""Who is told about references: whom one asks, and who asked of what was answered."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.notices.actions import take_back, tell
from workspaces.references.events import AGREED, ANSWERED, ASKED, ENDED, INTRODUCED, INVITED, REFUSED
from workspaces.references.models import Reference, ReferenceRequest

LETTER, WHY = "reference", "meet"


@on(
    INVITED.name,
    AGREED.name,
    REFUSED.name,
    topic="tell of references",
    meaning="Clients who are asked to be references, and what they say",
)
def tell_of_reference(house: Any, event_id: str) -> None:
    """Who is asked; then who asked. What was asked before is settled by an answer."""
    with house.db.writing() as session:
        event = _event(session, event_id)
        row = session.scalar(select(Reference).where(Reference.id == event.facts.get("reference")))
        if row is None:
            return
        if event.kind != INVITED.name:
            take_back(session, row, but=event.id)
        meant = row.person_pk if event.kind == INVITED.name else row.asked_by_pk
        if meant is not None:
            tell(session, event, {meant: WHY}, thing=f"reference:{row.id}", mail=LETTER, about=row)


@on(ASKED.name, ANSWERED.name, topic="tell of talks", meaning="Talks that references are asked for, and their answers")
def tell_of_talk(house: Any, event_id: str) -> None:
    """Who is asked; then who asked. What was asked is settled by an answer."""
    with house.db.writing() as session:
        event = _event(session, event_id)
        row = _request(session, event)
        if row is not None and row.withdrawn_at is None:
            if event.kind == ANSWERED.name:
                take_back(session, row, but=event.id)
            meant = row.reference.person_pk if event.kind == ASKED.name else row.asked_by_pk
            tell(session, event, {meant: WHY}, thing=f"reference_request:{row.id}", mail=LETTER, about=row)


@on(INTRODUCED.name, ENDED.name, topic="end talks", meaning="Talks with references that nobody needs to be asked about any more")
def end_talk(house: Any, event_id: str) -> None:
    """Once for both trails. Who asked hears that a reference does not want to any more."""
    with house.db.writing() as session:
        event = _event(session, event_id)
        row = _request(session, event)
        if row is None or "reference" not in event.facts:
            return
        take_back(session, row, but=event.id)
        if event.kind == ENDED.name and event.actor_pk == row.reference.person_pk:
            tell(session, event, {row.asked_by_pk: WHY}, thing=f"reference_request:{row.id}", mail=LETTER, about=row)


def _event(session: Session, event_id: str) -> Event:
    return session.scalars(select(Event).where(Event.id == event_id)).one()


def _request(session: Session, event: Event) -> ReferenceRequest | None:
    """None where the facts were forgotten meanwhile: somebody was erased."""
    return session.scalar(select(ReferenceRequest).where(ReferenceRequest.id == event.facts.get("request")))
