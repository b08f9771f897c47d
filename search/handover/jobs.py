"""Clients of a workspace are told who looks after them now, where whoever handed over wanted that."""

from typing import Any

from sqlalchemy import select

from portal.kernel.events import Event
from portal.kernel.outbox import on
from portal.notices.actions import tell
from portal.people.models import Person
from search.handover.events import ANNOUNCED
from workspaces.rooms.models import Membership
from workspaces.rooms.policy import standing

LETTER, WHY = "handover", "team"


@on(ANNOUNCED.name, topic="tell of handovers", meaning="Clients who are to be told who looks after them now")
def tell_clients(house: Any, event_id: str) -> None:
    """Into the inboxes of the workspace's clients; of several workspaces they hear one by one, as they may read each."""
    with house.db.writing() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        inside = select(Person.pk).join(Membership, Membership.person_pk == Person.pk)
        clients = inside.where(Membership.workspace_pk == event.workspace_pk, standing(), Person.is_staff.is_(False))
        people = dict.fromkeys(session.scalars(clients.where(Person.suspended_at.is_(None))), WHY)
        tell(session, event, people, thing=f"handover:{event.subject_id}", mail=LETTER)
