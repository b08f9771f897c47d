"""A look at a workspace as one of its clients is on record: who, as whom, when."""

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people.models import Person
from workspaces.rooms.actions.workspaces import note
from workspaces.rooms.events import VIEWED
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May


@action(May.VIEW_AS)
def look_as(actor: Actor, workspace: Workspace, *, person: Person | None) -> str:
    """As whom, in words. `person` None is any client."""
    name = person.name if person is not None else _("any client")
    told = person.name if person is not None else later("any client")
    for account in workspace.accounts:
        note(actor, VIEWED, workspace, account, team=True, title=workspace.title, name=told, person=person.id if person else None)
    return name
