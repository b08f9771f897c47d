"""Who hears what of a workspace as it happens."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.people.models import Person
from portal.web.realtime import Live, Watchable, live, watchable
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May

# The audiences of what is inside a workspace (its forums, its folders): `audiences(session, workspace pk)`, filled in by wsgi.py.
PLACES: list[Callable[[Session, int], set[int]]] = []


def audiences(workspace: Workspace) -> set[int]:
    """Every audience that news of this workspace can have; each watcher hears those they hold."""
    session = object_session(workspace)
    assert session is not None
    found = {workspace.open_audience_pk, workspace.team_audience_pk}
    return found.union(*(place(session, workspace.pk) for place in PLACES))


def register() -> None:
    """Fill the tables of portal.web.realtime."""
    watchable(Watchable("workspace", May.READ_WORKSPACE, audiences))
    live("member.joined", Live("member.joined", watched, joined))


def watched(actor: Actor, event: Event) -> list[tuple[str, int]]:
    """What must be watched to hear an event of a workspace."""
    return [("workspace", event.workspace_pk)] if event.workspace_pk else []


def joined(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The member who came, as the API has it; nothing where they have left again."""
    found = actor.session.scalar(
        select(Membership)
        .join(Person, Person.pk == Membership.person_pk)
        .where(Person.id == event.facts.get("person"), Membership.workspace_pk == event.workspace_pk, current(Membership))
    )
    if found is None:
        return None
    return member_json(found) | {"html": "", "seq": event.seq}


def member_json(membership: Membership) -> dict[str, Any]:
    """A member as the API has it."""
    person, account = membership.person, membership.account
    return {
        "id": person.id,
        "person": {"id": person.id, "name": person.name, "title": person.title, "staff": person.is_staff},
        "workspace": membership.workspace.id,
        "account": account.id if account else None,
        "role": membership.role,
        "joined_at": rfc3339(membership.valid_from),
    }
