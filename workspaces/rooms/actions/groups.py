"""Groups of a workspace's people, for whom a forum or folder can be."""

from sqlalchemy import select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, people_in
from portal.kernel.bus import announce
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.history import current, end
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.rooms.actions.audiences import of_group
from workspaces.rooms.actions.meeting import refuse_among
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import GROUP_CHANGED
from workspaces.rooms.models import Group, GroupMember, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries.readers import Difference, difference


@action(May.RUN_WORKSPACE)
def make_group(actor: Actor, workspace: Workspace, *, name: str, members: list[Person]) -> Group:
    """A named set of members. Raises Invalid where the name is taken, or somebody is no member."""
    _refuse_taken(actor, workspace, name)
    group = Group(workspace_pk=workspace.pk, name=name)
    actor.session.add(group)
    actor.session.flush()
    _set_members(actor, workspace, group, members)
    _note(actor, group, workspace)
    return group


@action(May.CHANGE_GROUP)
def change_group(actor: Actor, group: Group, *, name: str | None = None, members: list[Person] | None = None) -> Group:
    """Rename a group, or say anew who is in it: what it is shared with follows at once. Raises Invalid as make_group does."""
    workspace = group.workspace
    if name is not None and name != group.name:
        _refuse_taken(actor, workspace, name)
        group.name = name
    if members is not None:
        _set_members(actor, workspace, group, members)
    _note(actor, group, workspace)
    return group


@action(May.CHANGE_GROUP)
def regroup(actor: Actor, group: Group, *, name: str | None = None, members: list[Person] | None = None) -> Difference:
    """change_group, and what it means: who comes to see what is for the group and who sees it no more; nobody while nothing is."""
    audiences = of_group(actor, group)
    before = people_in(actor.session, *audiences) if audiences else set()
    change_group(actor, group, name=name, members=members)
    after = people_in(actor.session, *audiences) if audiences else set()
    return difference(actor, group.workspace, before, after, audiences)


@action(May.CHANGE_GROUP)
def remove_group(actor: Actor, group: Group) -> None:
    """Take a group away. Raises Invalid while a forum or folder is for it: nobody would be left to read that."""
    used = select(Audience.pk).where(Audience.kind == "group", Audience.subject_pk == group.pk)
    if actor.session.scalar(used.limit(1)) is not None:
        raise Invalid(("group", _("A discussion or folder is for “%(name)s”, so it stays.", name=group.name)))
    _set_members(actor, group.workspace, group, [])
    group.removed_at = now()
    _note(actor, group, group.workspace)


@action(May.RUN_WORKSPACE)
def set_groups(actor: Actor, workspace: Workspace, *, person: Person, groups: list[Group]) -> None:
    """In which groups somebody is from now on. Raises Invalid for who is no member, or a group of another workspace."""
    if membership_of(actor, workspace, person) is None:
        raise Invalid(("person", _("%(name)s is not a member.", name=person.name)))
    if any(group.workspace_pk != workspace.pk for group in groups):
        raise Invalid(("groups", _("There is no such group here.")))
    theirs = actor.session.scalars(
        select(Group)
        .join(GroupMember, GroupMember.group_pk == Group.pk)
        .where(Group.workspace_pk == workspace.pk, GroupMember.person_pk == person.pk, current(GroupMember))
    ).all()
    wanted = {group.pk for group in groups}
    for group in {*theirs, *groups}:
        inside = group in theirs
        if inside != (group.pk in wanted):
            people = [*members_of(actor, group)]
            _set_members(actor, workspace, group, [each for each in people if each.pk != person.pk] if inside else [*people, person])
            _note(actor, group, workspace)


def members_of(actor: Actor, group: Group) -> list[Person]:
    """Who is in a group now."""
    inside = select(Person).join(GroupMember, GroupMember.person_pk == Person.pk)
    return list(actor.session.scalars(inside.where(GroupMember.group_pk == group.pk, current(GroupMember)).order_by(Person.name)))


def add_to_group(actor: Actor, group: Group, person: Person) -> None:
    """Put a member into a group; for the actions that have found this to be right."""
    if person.pk not in {each.pk for each in members_of(actor, group)}:
        actor.session.add(GroupMember(group_pk=group.pk, person_pk=person.pk))
        actor.session.flush()


def _set_members(actor: Actor, workspace: Workspace, group: Group, members: list[Person]) -> None:
    for person in members:
        if membership_of(actor, workspace, person) is None:
            raise Invalid(("members", _("%(name)s is not a member.", name=person.name)))
    wanted = {person.pk for person in members}
    refuse_among(actor, wanted, field="members")
    inside = actor.session.scalars(select(GroupMember).where(GroupMember.group_pk == group.pk, current(GroupMember))).all()
    for place in inside:
        if place.person_pk not in wanted:
            end(actor.session, place, max(now(), place.valid_from))
    here = {place.person_pk for place in inside}
    actor.session.add_all(GroupMember(group_pk=group.pk, person_pk=pk) for pk in sorted(wanted - here))
    actor.session.flush()
    if moved := here ^ wanted:
        announce(actor.session, {"access": sorted(moved)})


def _refuse_taken(actor: Actor, workspace: Workspace, name: str) -> None:
    same = select(Group.pk).where(Group.workspace_pk == workspace.pk, Group.name == name, Group.removed_at.is_(None))
    if actor.session.scalar(same) is not None:
        raise Invalid(("name", _("There is a group of this name already.")))


def _note(actor: Actor, group: Group, workspace: Workspace) -> None:
    # Who is in which group is for those who run the workspace: its members need not know what else is talked about.
    note(actor, GROUP_CHANGED, workspace, only_account(workspace), team=True, name=group.name, group=group.id)
