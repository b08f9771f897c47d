"""Finding out what was meant by who asked, forgetting what is over, and who is told: those who decide, and who proposed somebody."""

from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor, the_system
from portal.kernel.audiences import people_in
from portal.kernel.events import Event
from portal.kernel.house import House
from portal.kernel.outbox import on
from portal.kernel.periodic import every
from portal.kernel.policy import may
from portal.notices.actions import take_back, tell
from portal.people.models import Person
from workspaces.requests import actions
from workspaces.requests.events import ACCEPTED, ASKED, DECLINED, PROPOSED
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May

LETTER, WHY = "entry_request", "entry"


@every("* * * * *", "requests.match", "Find out which workspace is meant by who asks to be let in")
def match_requests(house: House) -> None:
    """Later than the answer to who asked, so that the answer says nothing."""
    with house.db.writing() as session:
        actions.match_requests(the_system(session))


@every("41 3 * * *", "requests.forget", "Forget requests to be let in that are over")
def forget_requests(house: House) -> None:
    with house.db.writing() as session:
        actions.forget_requests(the_system(session))


@on(ASKED.name, PROPOSED.name, topic="tell of requests", meaning="Requests to be let in that those who decide are to be told of")
def tell_of_request(house: Any, event_id: str) -> None:
    """Into the inboxes of those of ours who may answer it."""
    with house.db.writing() as session:
        event, row = _of(session, event_id)
        if row is None:
            return
        team = session.scalars(select(Person).where(Person.pk.in_(people_in(session, row.workspace.team_audience_pk)))).all()
        people = {person.pk: WHY for person in team if may(Actor(session, person), May.ANSWER_REQUEST, row)}
        tell(session, event, people, thing=f"entry_request:{row.id}", mail=LETTER, about=row)


@on(ACCEPTED.name, DECLINED.name, topic="end requests", meaning="Requests to be let in that were answered")
def end_request(house: Any, event_id: str) -> None:
    """Nobody of ours needs to look any more; who proposed them hears what was decided."""
    with house.db.writing() as session:
        event, row = _of(session, event_id)
        if row is None:
            return
        take_back(session, row)
        if row.proposed_by_pk is not None:
            tell(session, event, {row.proposed_by_pk: WHY}, thing=f"entry_request:{row.id}", mail=LETTER, about=row)


def _of(session: Any, event_id: str) -> tuple[Event, EntryRequest | None]:
    event = session.scalars(select(Event).where(Event.id == event_id)).one()
    return event, session.scalar(select(EntryRequest).where(EntryRequest.id == event.facts["request"]))
