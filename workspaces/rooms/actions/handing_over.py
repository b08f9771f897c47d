"""When an account changes hands, its workspaces do too: clients see the new name under People, and nothing else changes for them."""

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.history import change, current, end
from portal.people.models import Person
from workspaces.rooms.actions.members import join, membership_of
from workspaces.rooms.actions.workspaces import note
from workspaces.rooms.events import LEFT
from workspaces.rooms.models import ACCOUNT, OWNER, Group, GroupMember, Workspace, WorkspaceAccount


def hand_over_rooms(actor: Actor, account: Account, before: Person | None, after: Person) -> None:
    """The successor owns the account's workspaces, with the predecessor's place in groups; the predecessor's membership ends.

    For `portal.accounts.actions.ON_GIVEN`, so the change of owner was found to be right. Communities are nobody's alone: they stay
    as they are.
    """
    rooms = (
        select(Workspace)
        .join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
        .where(WorkspaceAccount.account_pk == account.pk, Workspace.kind == ACCOUNT)
        .order_by(Workspace.pk)
    )
    for workspace in actor.session.scalars(rooms).all():
        _own(actor, workspace, account, after)
        if before is not None:
            _pass_on(actor, workspace, account, before, after)


def _own(actor: Actor, workspace: Workspace, account: Account, person: Person) -> None:
    membership = membership_of(actor, workspace, person)
    if membership is None:
        join(actor, workspace, person, role=OWNER, account=None)
    elif membership.role != OWNER:
        change(actor.session, membership, role=OWNER)
        actor.session.flush()
        announce(actor.session, {"access": [person.pk]})


def _pass_on(actor: Actor, workspace: Workspace, account: Account, before: Person, after: Person) -> None:
    membership = membership_of(actor, workspace, before)
    if membership is None:
        return
    moment = max(now(), membership.valid_from)
    end(actor.session, membership, moment)
    inside = (
        select(GroupMember)
        .join(Group, Group.pk == GroupMember.group_pk)
        .where(Group.workspace_pk == workspace.pk, current(GroupMember), GroupMember.person_pk.in_([before.pk, after.pk]))
    )
    places = actor.session.scalars(inside).all()
    already = {place.group_pk for place in places if place.person_pk == after.pk}
    for place in places:
        if place.person_pk == before.pk:
            end(actor.session, place, max(moment, place.valid_from))
            if place.group_pk not in already:
                actor.session.add(GroupMember(group_pk=place.group_pk, person_pk=after.pk))
    actor.session.flush()
    note(actor, LEFT, workspace, account, name=before.name, title=workspace.title, person=before.id)
    announce(actor.session, {"access": [before.pk]})
