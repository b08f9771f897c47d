"""Members come, change their part, and go. Whoever goes loses access at once, in every channel."""

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.bus import announce
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Invalid
from portal.kernel.history import change, current, end
from portal.kernel.words import gettext as _
from portal.mail.queue import queue
from portal.people.models import Person
from workspaces.rooms.actions.meeting import companies_of, refuse_coming
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import JOINED, LEFT, REMOVED, ROLE_CHANGED
from workspaces.rooms.models import OWNER, Group, GroupMember, Membership, Workspace
from workspaces.rooms.policy import May

UNDO = timedelta(minutes=10)
TOLD_BEFORE = timedelta(days=3)


def join(
    actor: Actor, workspace: Workspace, person: Person, *, role: str, account: Account | None, ends_at: datetime | None = None
) -> Membership:
    """Make somebody a member; for the actions that have found this to be right. `account` is a client's company in the workspace.

    Raises Invalid where they are of a company that is kept apart from one here.
    """
    membership = membership_of(actor, workspace, person)
    if membership is not None:
        return membership
    refuse_coming(actor, workspace, companies_of(actor.session, person.email, person, account), field="")
    account_pk = account.pk if account else None
    membership = Membership(workspace_pk=workspace.pk, person_pk=person.pk, role=role, account_pk=account_pk, ends_at=ends_at)
    actor.session.add(membership)
    actor.session.flush()
    company = account or only_account(workspace)
    note(actor, JOINED, workspace, company, name=person.name, title=workspace.title, person=person.id)
    announce(actor.session, {"access": [person.pk]})
    if ends_at is not None:
        tell_before(actor, workspace, person, ends_at)
    return membership


@action(May.RUN_WORKSPACE)
def remove_member(actor: Actor, workspace: Workspace, *, person: Person) -> None:
    """End a membership at once, everywhere; words and name stay. Raises Invalid for the last owner."""
    membership = membership_of(actor, workspace, person)
    if membership is None:
        return
    end_membership(actor, membership)
    company = membership.account or only_account(workspace)
    note(actor, REMOVED, workspace, company, name=person.name, title=workspace.title, person=person.id)


@action(May.LEAVE)
def leave_workspace(actor: Actor, workspace: Workspace) -> None:
    """End one's own membership. Raises Invalid for the last owner."""
    membership = membership_of(actor, workspace, actor.person)
    if membership is None:
        return
    end_membership(actor, membership)
    company = membership.account or only_account(workspace)
    note(actor, LEFT, workspace, company, name=actor.name, title=workspace.title, person=actor.person.id)


@action(May.RUN_WORKSPACE)
def restore_member(actor: Actor, workspace: Workspace, *, person: Person) -> Membership:
    """Take back a removal of the last ten minutes: the same role, company and groups. Raises Invalid where it was longer ago."""
    already = membership_of(actor, workspace, person)
    if already is not None:
        return already
    ended = _just_ended(actor, workspace, person)
    over = ended is not None and ended.ends_at is not None and ended.ends_at <= now()
    if ended is None or over or person.suspended_at is not None:
        raise Invalid(("person", _("That was more than ten minutes ago. Invite %(name)s again.", name=person.name)))
    membership = join(actor, workspace, person, role=ended.role, account=ended.account, ends_at=ended.ends_at)
    membership.shown = ended.shown
    was_in = (
        select(GroupMember.group_pk)
        .join(Group, Group.pk == GroupMember.group_pk)
        .where(
            Group.workspace_pk == workspace.pk,
            Group.removed_at.is_(None),
            GroupMember.person_pk == person.pk,
            GroupMember.valid_to == ended.valid_to,
            GroupMember.recorded_to.is_(None),
        )
    )
    for group_pk in actor.session.scalars(was_in).all():
        actor.session.add(GroupMember(group_pk=group_pk, person_pk=person.pk))
    actor.session.flush()
    return membership


@action(May.RUN_WORKSPACE)
def change_role(actor: Actor, workspace: Workspace, *, person: Person, role: str) -> Membership:
    """Another role from now on; who runs a workspace has no last day. Raises Invalid for who is no member, a client as
    owner, or the last owner."""
    membership = membership_of(actor, workspace, person)
    if membership is None:
        raise Invalid(("person", _("%(name)s is not a member.", name=person.name)))
    if membership.role == role:
        return membership
    if role == OWNER and not person.is_staff:
        raise Invalid(("role", _("Only staff own workspaces.")))
    if membership.role == OWNER:
        _refuse_last_owner(actor, membership)
    company = membership.account or only_account(workspace)
    ends_at = None if role == OWNER else membership.ends_at
    following = change(actor.session, membership, role=role, ends_at=ends_at)
    actor.session.flush()
    note(actor, ROLE_CHANGED, workspace, company, name=person.name, role=role, person=person.id)
    announce(actor.session, {"access": [person.pk]})
    return following


def membership_of(actor: Actor, workspace: Workspace, person: Person) -> Membership | None:
    return actor.session.scalar(
        select(Membership).where(Membership.workspace_pk == workspace.pk, Membership.person_pk == person.pk, current(Membership))
    )


def account_of(actor: Actor, workspace: Workspace) -> int | None:
    """The pk of the account whose trail holds what the actor adds: the workspace's one account, in a community their own company."""
    if (account := only_account(workspace)) is not None:
        return account.pk
    membership = membership_of(actor, workspace, actor.person) if actor.person else None
    return membership.account_pk if membership else None


def tell_before(actor: Actor, workspace: Workspace, person: Person, ends_at: datetime) -> None:
    """Have the member and who runs the workspace told some days before it ends; what is not so any more by then is not sent."""
    delay = max(timedelta(0), ends_at - TOLD_BEFORE - now())
    for to in ("member", "us"):
        key = f"ends {to} {person.id} {ends_at.timestamp():.0f}"
        refs = {"workspace": workspace.id, "person": person.id, "ends_at": rfc3339(ends_at), "to": to}
        queue(actor.session, "membership_ends", key=key, delay=delay, **refs)


def end_membership(actor: Actor, membership: Membership, moment: datetime | None = None) -> None:
    """The membership and its place in groups end in the same moment. For the actions that have found this to be right."""
    _refuse_last_owner(actor, membership)
    moment = max(moment or now(), membership.valid_from)
    end(actor.session, membership, moment)
    groups = select(Group.pk).where(Group.workspace_pk == membership.workspace_pk)
    inside = select(GroupMember).where(
        GroupMember.person_pk == membership.person_pk, GroupMember.group_pk.in_(groups), current(GroupMember)
    )
    for place in actor.session.scalars(inside).all():
        end(actor.session, place, max(moment, place.valid_from))
    actor.session.flush()
    announce(actor.session, {"access": [membership.person_pk]})


def _just_ended(actor: Actor, workspace: Workspace, person: Person) -> Membership | None:
    since: datetime = now() - UNDO
    return actor.session.scalar(
        select(Membership)
        .where(
            Membership.workspace_pk == workspace.pk,
            Membership.person_pk == person.pk,
            Membership.valid_to >= since,
            Membership.recorded_to.is_(None),
        )
        .order_by(Membership.valid_to.desc())
        .limit(1)
    )


def _refuse_last_owner(actor: Actor, membership: Membership) -> None:
    if membership.role != OWNER:
        return
    others = (
        select(Membership.pk)
        .join(Person, Person.pk == Membership.person_pk)
        .where(
            Membership.workspace_pk == membership.workspace_pk,
            Membership.role == OWNER,
            Membership.person_pk != membership.person_pk,
            Person.suspended_at.is_(None),
            current(Membership),
        )
    )
    if actor.session.scalar(others.limit(1)) is None:
        raise Invalid(("person", _("A workspace needs an owner. Make somebody else one first.")))
