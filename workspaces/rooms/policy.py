"""Who may do what in workspaces, and who is meant by "everyone", "staff" and a group."""

from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, exists, false, or_, select, true, union_all
from sqlalchemy.orm import aliased

from portal.accounts.models import Account, Assignment, Deputy
from portal.accounts.policy import acting, looked_after_by, read_account
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, asked_once, branch, held, staff_or_open
from portal.kernel.history import current
from portal.kernel.policy import Condition, Verbs, rule
from portal.kernel.prepared import present
from portal.people.models import Person, Reporting
from workspaces.rooms.models import (
    ACCOUNT,
    COMMUNITY,
    MEMBER,
    MODERATOR,
    OWNER,
    READER,
    SHELF,
    Group,
    GroupMember,
    Invitation,
    Membership,
    Pause,
    Workspace,
    WorkspaceAccount,
)

_its_workspace = aliased(Workspace)


class May(Verbs):
    """Verbs of workspaces."""

    LIST_WORKSPACES = "See the list of one's own workspaces: anybody signed in"
    CREATE_WORKSPACE = "Open a workspace for accounts one may read: staff"
    READ_WORKSPACE = "Know of a workspace and come in: its members, and in an account's workspace the account's team and their managers"
    TAKE_PART = "Write and add files: members who are not readers, and the account's team; not in an archive"
    RUN_WORKSPACE = "Change its settings, places, groups and members, archive it: owners, and the account's team"
    SEE_SETTINGS = "See its settings: owners, and the account's team, in an archive too"
    RESTORE_WORKSPACE = "Open an archived workspace again: owners, and the account's team"
    MODERATE = "Hide posts, pin, lock, choose answers and pause people: owners, moderators and the account's team"
    SEE_PEOPLE = "See who is in a workspace: everyone in it"
    INVITE = "Invite people: owners, moderators, the account's team; members where the owner allows it"
    READ_GROUP = "See a group: its members, moderators, and staff of the workspace"
    CHANGE_GROUP = "Change a group: owners, and the account's team"
    READ_INVITATION = "See an invitation: who sent it, moderators, and staff of the workspace"
    CHANGE_INVITATION = "Revoke or send again an invitation: owners, moderators, the account's team, and who sent it"
    VIEW_AS = "Look at a workspace as one of its clients would see it: staff of the workspace"
    LEAVE = "Leave a workspace: its members"
    BE_SEEN = "Say whether people of other companies see one in a community: its clients, each for themselves"


def standing() -> Condition:
    """Member at the moment when it is asked: not ended, and not for a time that has run out."""
    return and_(current(Membership), or_(Membership.ends_at.is_(None), Membership.ends_at > present()))


# --- Who is meant -------------------------------------------------------------------------------------------------------


@branch("workspace", shared=True)
def _members() -> Select[Any, Any]:
    return (
        select(Audience.pk, Membership.person_pk)
        .join(Membership, and_(Membership.workspace_pk == Audience.subject_pk, standing()))
        .join(Person, and_(Person.pk == Membership.person_pk, Person.suspended_at.is_(None)))
        .where(Audience.kind == "workspace", staff_or_open(Person.is_staff.is_(True)))
    )


@branch("workspace", shared=True)
def _team_of_the_account() -> Select[Any, Any]:
    """In an account's workspace also the account's team and their managers; a community has its members only."""
    return _with_team(select(Audience.pk, Reporting.holder_pk), Audience.subject_pk).where(Audience.kind == "workspace")


@branch("group", shared=True)
def _group_members() -> Select[Any, Any]:
    return (
        select(Audience.pk, GroupMember.person_pk)
        .join(Group, Group.pk == Audience.subject_pk)
        .join(GroupMember, and_(GroupMember.group_pk == Group.pk, current(GroupMember)))
        .join(
            Membership,
            and_(
                Membership.workspace_pk == Group.workspace_pk,
                Membership.person_pk == GroupMember.person_pk,
                standing(),
            ),
        )
        .join(Person, and_(Person.pk == GroupMember.person_pk, Person.suspended_at.is_(None)))
        .where(Audience.kind == "group", staff_or_open(Person.is_staff.is_(True)))
    )


@branch("group", shared=True)
def _team_beside_the_group() -> Select[Any, Any]:
    """What a group says must not leave with one rep either: the account's team holds it too."""
    grouped = select(Audience.pk, Reporting.holder_pk).join(Group, Group.pk == Audience.subject_pk)
    return _with_team(grouped, Group.workspace_pk).where(Audience.kind == "group")


@branch("workspace", shared=True)
def _deputies() -> Select[Any, Any]:
    """In an account's workspace who acts for the account's owner is one of the team."""
    return _with_deputies(select(Audience.pk, Deputy.person_pk), Audience.subject_pk).where(Audience.kind == "workspace")


@branch("group", shared=True)
def _deputies_beside_the_group() -> Select[Any, Any]:
    grouped = select(Audience.pk, Deputy.person_pk).join(Group, Group.pk == Audience.subject_pk)
    return _with_deputies(grouped, Group.workspace_pk).where(Audience.kind == "group")


def _with_deputies(found: Any, workspace_pk: Any) -> Select[Any, Any]:
    return (
        found.join(Workspace, and_(Workspace.pk == workspace_pk, Workspace.kind == ACCOUNT))
        .join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
        .join(Deputy, and_(Deputy.account_pk == WorkspaceAccount.account_pk, acting()))
        .join(Person, and_(Person.pk == Deputy.person_pk, Person.suspended_at.is_(None)))
    )


def _with_team(found: Any, workspace_pk: Any) -> Select[Any, Any]:
    return (
        found.join(Workspace, and_(Workspace.pk == workspace_pk, Workspace.kind == ACCOUNT))
        .join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
        .join(Assignment, and_(Assignment.account_pk == WorkspaceAccount.account_pk, current(Assignment)))
        .join(Reporting, Reporting.person_pk == Assignment.person_pk)
        .join(Person, and_(Person.pk == Reporting.holder_pk, Person.suspended_at.is_(None)))
    )


# --- Standing in a workspace, for the rules here and of the packages inside it ------------------------------------------


@asked_once("runs")
def run_by(actor: Actor) -> CompoundSelect[Any]:
    """The actor owns this workspace, or is of the team of its account."""
    return union_all(_with_role(actor, OWNER), *_of_the_team(actor))


@asked_once("moderates")
def moderated_by(actor: Actor) -> CompoundSelect[Any]:
    return union_all(_acting(actor, OWNER, MODERATOR), *_of_the_team(actor))


@asked_once("takes_part")
def taken_part_in_by(actor: Actor) -> CompoundSelect[Any]:
    return union_all(_acting(actor, OWNER, MODERATOR, MEMBER), *_of_the_team(actor))


def not_paused(actor: Actor, workspace_pk: Any) -> Condition:
    """Nobody has asked the actor to be silent here for a while. Only clients ever are."""
    if actor.is_staff:
        return true()
    silent = select(Pause.workspace_pk).where(Pause.person_pk == actor.pk, Pause.until > present(), Pause.ended_at.is_(None))
    return workspace_pk.not_in(silent)


def open_for_writing(workspace_pk: Any) -> Condition:
    return exists().where(_its_workspace.pk == workspace_pk, _its_workspace.archived_at.is_(None))


def _of_its_staff(actor: Actor, workspace_pk: Any) -> Condition:
    """The actor is staff of this workspace: a member, of the account's team, or a manager above, who reads and does not write."""
    return workspace_pk.in_(select(Workspace.pk).where(held(actor, Workspace.team_audience_pk)))


def _has_role(actor: Actor, workspace_pk: Any, *roles: str) -> Condition:
    return workspace_pk.in_(_with_role(actor, *roles))


def _acts_as(actor: Actor, workspace_pk: Any, *roles: str) -> Condition:
    return workspace_pk.in_(_acting(actor, *roles))


def _with_role(actor: Actor, *roles: str) -> Select[Any]:
    """The workspaces in which the actor has one of these roles."""
    return select(Membership.workspace_pk).where(Membership.person_pk == actor.pk, Membership.role.in_(roles), standing())


def _acting(actor: Actor, *roles: str) -> Select[Any]:
    return _with_role(actor, *roles).where(not_paused(actor, Membership.workspace_pk))


def _of_the_team(actor: Actor) -> list[Select[Any]]:
    """The workspaces of whose account's team the actor is, and the shelf, which is all staff's; nothing to ask of a client."""
    if not actor.is_staff:
        return []
    its = select(Workspace.pk).join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk).where(Workspace.kind == ACCOUNT)
    return [its.where(looked_after_by(actor, WorkspaceAccount.account_pk)), select(Workspace.pk).where(Workspace.kind == SHELF)]


# --- Rules --------------------------------------------------------------------------------------------------------------


@rule(May.LIST_WORKSPACES)
def list_workspaces(actor: Actor) -> bool:
    return actor.person is not None


@rule(May.CREATE_WORKSPACE, refusal="Only staff open workspaces.")
def create_workspace(actor: Actor) -> bool:
    return actor.is_staff


@rule(May.READ_WORKSPACE, Workspace, reads=True)
def read_workspace(actor: Actor) -> Condition:
    return held(actor, Workspace.open_audience_pk)


@rule(May.TAKE_PART, Workspace, refusal="You can read here. Ask the people who run this workspace to take part.")
def take_part(actor: Actor) -> Condition:
    return and_(taken_part_in_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))


@rule(May.RUN_WORKSPACE, Workspace, refusal="Only the people who run this workspace can do this.")
def run_workspace(actor: Actor) -> Condition:
    return and_(run_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))


@rule(May.SEE_SETTINGS, Workspace, refusal="Only the people who run this workspace see its settings.")
def see_settings(actor: Actor) -> Condition:
    return and_(run_by(actor, Workspace.pk), read_workspace(actor))


@rule(May.RESTORE_WORKSPACE, Workspace, refusal="Only the people who run this workspace can do this.")
def restore_workspace(actor: Actor) -> Condition:
    return and_(run_by(actor, Workspace.pk), Workspace.archived_at.is_not(None), read_workspace(actor))


@rule(May.MODERATE, Workspace, refusal="Only moderators can do this.")
def moderate(actor: Actor) -> Condition:
    return and_(moderated_by(actor, Workspace.pk), Workspace.archived_at.is_(None), read_workspace(actor))


@rule(May.SEE_PEOPLE, Workspace)
def see_people(actor: Actor) -> Condition:
    return read_workspace(actor)


@rule(May.INVITE, Workspace, refusal="Only the people who run this workspace can invite.")
def invite(actor: Actor) -> Condition:
    may_members = and_(Workspace.members_invite.is_(True), _acts_as(actor, Workspace.pk, MEMBER))
    return and_(or_(moderated_by(actor, Workspace.pk), may_members), Workspace.archived_at.is_(None), read_workspace(actor))


@rule(May.READ_GROUP, Group, reads=True)
def read_group(actor: Actor) -> Condition:
    mine = select(GroupMember.group_pk).where(GroupMember.person_pk == actor.pk, current(GroupMember))
    readable = Group.workspace_pk.in_(select(Workspace.pk).where(read_workspace(actor)))
    overseen = or_(moderated_by(actor, Group.workspace_pk), _of_its_staff(actor, Group.workspace_pk))
    return and_(readable, or_(overseen, Group.pk.in_(mine)), Group.removed_at.is_(None))


@rule(May.CHANGE_GROUP, Group, refusal="Only the people who run this workspace can change a group.")
def change_group(actor: Actor) -> Condition:
    return and_(run_by(actor, Group.workspace_pk), open_for_writing(Group.workspace_pk), Group.removed_at.is_(None))


@rule(May.READ_INVITATION, Invitation, reads=True)
def read_invitation(actor: Actor) -> Condition:
    inviting = Invitation.workspace_pk.in_(select(Workspace.pk).where(read_workspace(actor)))
    return and_(inviting, or_(_sent_or_moderates(actor), _of_its_staff(actor, Invitation.workspace_pk)))


@rule(May.CHANGE_INVITATION, Invitation, refusal="Only who sent an invitation and moderators can change it.")
def change_invitation(actor: Actor) -> Condition:
    return and_(read_invitation(actor), _sent_or_moderates(actor), open_for_writing(Invitation.workspace_pk))


def _sent_or_moderates(actor: Actor) -> Condition:
    return or_(moderated_by(actor, Invitation.workspace_pk), Invitation.invited_by_pk == actor.pk)


@rule(May.VIEW_AS, Workspace, refusal="Only the team can look as a client.")
def view_as(actor: Actor) -> Condition | bool:
    return and_(held(actor, Workspace.team_audience_pk), read_workspace(actor)) if actor.is_staff else False


@rule(May.LEAVE, Workspace, refusal="You are here as one of the account's team, not as a member.")
def leave(actor: Actor) -> Condition:
    return _has_role(actor, Workspace.pk, OWNER, MODERATOR, MEMBER, READER)


@rule(May.BE_SEEN, Workspace, refusal="Only who is here for a company decides who sees them.")
def be_seen(actor: Actor) -> Condition | bool:
    return and_(Workspace.kind == COMMUNITY, _has_role(actor, Workspace.pk, MODERATOR, MEMBER, READER)) if not actor.is_staff else False


def accounts_to_open_for(actor: Actor) -> Select[Any]:
    """The accounts a workspace may be opened for: those the actor may read."""
    readable = read_account(actor)
    return select(Account).where(readable if not isinstance(readable, bool) else false())
