"""When an account changes hands, its workspaces do too: clients see the new name under People, and nothing else changes for them."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.history import change, current, end
from portal.people.models import Person
from workspaces.rooms.actions.members import end_membership, join, membership_of
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import LEFT, ROLE_CHANGED
from workspaces.rooms.models import ACCOUNT, MEMBER, MODERATOR, OWNER, READER, Group, GroupMember, Membership, Workspace, WorkspaceAccount

RANKS = (READER, MEMBER, MODERATOR, OWNER)


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


def _pass_on(actor: Actor, workspace: Workspace, account: Account | None, before: Person, after: Person) -> None:
    membership = membership_of(actor, workspace, before)
    if membership is None:
        return
    moment = max(now(), membership.valid_from)
    end(actor.session, membership, moment)
    places = actor.session.scalars(_inside(workspace, before, after)).all()
    already = {place.group_pk for place in places if place.person_pk == after.pk}
    for place in places:
        if place.person_pk == before.pk:
            end(actor.session, place, max(moment, place.valid_from))
            if place.group_pk not in already:
                actor.session.add(GroupMember(group_pk=place.group_pk, person_pk=after.pk))
    actor.session.flush()
    note(actor, LEFT, workspace, account, name=before.name, title=workspace.title, person=before.id)
    announce(actor.session, {"access": [before.pk]})


@dataclass(frozen=True)
class Standing:
    """As what somebody is in a workspace, and in which of its groups, by their ids; kept so that a handover can be taken back."""

    role: str
    groups: tuple[str, ...]

    @property
    def kept(self) -> dict[str, Any]:
        return asdict(self)


def standing_of(actor: Actor, workspace: Workspace, person: Person) -> Standing | None:
    membership = membership_of(actor, workspace, person)
    if membership is None:
        return None
    named = _inside(workspace, person).with_only_columns(Group.id).order_by(Group.id)
    return Standing(membership.role, tuple(actor.session.scalars(named)))


def pass_on_room(actor: Actor, workspace: Workspace, before: Person, after: Person) -> None:
    """The successor is in a workspace as what the predecessor was, whose membership ends; of a community, or one whose account stays.

    For `search.handover`, which has found it to be right.
    """
    theirs, own = membership_of(actor, workspace, before), membership_of(actor, workspace, after)
    if theirs is None:
        return
    if own is None:
        join(actor, workspace, after, role=theirs.role, account=None)
    elif RANKS.index(theirs.role) > RANKS.index(own.role):
        _be(actor, workspace, after, theirs.role)
    _pass_on(actor, workspace, only_account(workspace), before, after)


def give_back_room(
    actor: Actor, workspace: Workspace, before: Person, after: Person, *, was: Standing | None, own: Standing | None, left: Standing | None
) -> bool:
    """As it was before `before` handed the workspace over to `after`: `was` is what they were in it, `own` what their successor was.

    False, and nothing changed, where the successor is not what the handover `left` them any more, the predecessor came back by
    themselves, or nobody would own it. For `search.handover`, which has found it to be right.
    """
    if standing_of(actor, workspace, before) is not None or standing_of(actor, workspace, after) != left:
        return False
    successor = membership_of(actor, workspace, after)
    if successor is None:
        return True
    if was is not None:
        join(actor, workspace, before, role=was.role, account=None)
        _set_groups(actor, workspace, before, was.groups)
    if own is None and (was is None or was.role != OWNER) and successor.role == OWNER and not _owned_by_others(actor, workspace, after):
        return True  # a workspace needs an owner
    if own is None:
        end_membership(actor, successor)
        note(actor, LEFT, workspace, only_account(workspace), name=after.name, title=workspace.title, person=after.id)
        return True
    if own.role != successor.role and (own.role == OWNER or _owned_by_others(actor, workspace, after)):
        _be(actor, workspace, after, own.role)
    _set_groups(actor, workspace, after, own.groups)
    return True


def _be(actor: Actor, workspace: Workspace, person: Person, role: str) -> None:
    membership = membership_of(actor, workspace, person)
    if membership is not None:
        change(actor.session, membership, role=role, ends_at=None if role == OWNER else membership.ends_at)
        actor.session.flush()
        note(actor, ROLE_CHANGED, workspace, only_account(workspace), name=person.name, role=role, person=person.id)
        announce(actor.session, {"access": [person.pk]})


def _set_groups(actor: Actor, workspace: Workspace, person: Person, ids: tuple[str, ...]) -> None:
    """In these groups, as far as they still stand, and in no other."""
    here = {place.group_pk: place for place in actor.session.scalars(_inside(workspace, person))}
    standing = select(Group.pk).where(Group.workspace_pk == workspace.pk, Group.id.in_(ids), Group.removed_at.is_(None))
    wanted = set(actor.session.scalars(standing))
    for pk, place in here.items():
        if pk not in wanted:
            end(actor.session, place, max(now(), place.valid_from))
    actor.session.add_all(GroupMember(group_pk=pk, person_pk=person.pk) for pk in sorted(wanted - here.keys()))
    actor.session.flush()
    announce(actor.session, {"access": [person.pk]})


def _owned_by_others(actor: Actor, workspace: Workspace, person: Person) -> bool:
    owners = (
        select(Membership.pk)
        .join(Person, Person.pk == Membership.person_pk)
        .where(Membership.workspace_pk == workspace.pk, Membership.role == OWNER, Membership.person_pk != person.pk, current(Membership))
    )
    return actor.session.scalar(owners.where(Person.suspended_at.is_(None)).limit(1)) is not None


def _inside(workspace: Workspace, *people: Person) -> Select[Any]:
    return (
        select(GroupMember)
        .join(Group, Group.pk == GroupMember.group_pk)
        .where(Group.workspace_pk == workspace.pk, current(GroupMember), GroupMember.person_pk.in_([person.pk for person in people]))
    )
