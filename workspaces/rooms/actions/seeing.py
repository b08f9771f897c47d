"""Whether one is seen in a community: said by each for themselves, at joining or whenever they like."""

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.history import change
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.actions.workspaces import note
from workspaces.rooms.events import SEEN, UNSEEN
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May


@action(May.BE_SEEN)
def let_be_seen(actor: Actor, workspace: Workspace, *, shown: bool) -> None:
    """From now on the people of other companies see who one is, or do not any more. What was so before stays on record."""
    membership = membership_of(actor, workspace, actor.person)
    if membership is None or membership.shown is shown:
        return
    following = change(actor.session, membership, shown=shown)
    actor.session.flush()
    note(actor, SEEN if shown else UNSEEN, workspace, following.account, name=actor.name, title=workspace.title, person=actor.person.id)
