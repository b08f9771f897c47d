"""Who hears what of a workspace as it happens."""

from typing import Any

from flask import render_template
from sqlalchemy import func, select

from portal.kernel.actor import Actor
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.people.models import Person
from portal.web.watching import Live, Watchable, live, watchable
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.shapes import member_json


def watching(actor: Actor, event: Event) -> list[tuple[str, int]]:
    """Who watches a workspace hears what happens in it."""
    return [("workspace", event.workspace_pk)] if event.workspace_pk else []


def joined(actor: Actor, event: Event) -> dict[str, Any] | None:
    """The member who came, as the API has it; nothing where they have left again. Of a community's only our side hears."""
    found = actor.session.scalar(
        select(Membership)
        .join(Person, Person.pk == Membership.person_pk)
        .where(Person.id == event.facts.get("person"), Membership.workspace_pk == event.workspace_pk, current(Membership))
    )
    if found is None:
        return None
    html = render_template("rooms/_joined.html", person=found.person, company=found.account.name if found.account else None)
    return member_json(found) | {"html": html, "seq": _seq(actor, event)}


def _seq(actor: Actor, event: Event) -> int:
    """How many have joined under this audience: a count of nothing that its hearers cannot see."""
    before = (Event.workspace_pk == event.workspace_pk, Event.audience_pk == event.audience_pk, Event.kind == event.kind)
    return actor.session.scalar(select(func.count()).select_from(Event).where(*before, Event.pk <= event.pk)) or 0


def who_may_know(workspace: Workspace) -> int:
    """Who is told who of them is here. In a community, where people are seen by consent, that is the team, of the team."""
    return workspace.team_audience_pk if workspace.is_community else workspace.open_audience_pk


watchable(Watchable("workspace", May.READ_WORKSPACE, here=who_may_know))
live("member.joined", Live("member.joined", watching, joined))
