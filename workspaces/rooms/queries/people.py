"""Who is in a workspace: everyone who can see it, by side, with their part; who is invited and waits; its groups."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import BUYING_ROLES, Account, Assignment, Contact, ContactRole, Deputy
from portal.accounts.models import MEMBER as ACCOUNT_MEMBER
from portal.accounts.models import OWNER as ACCOUNT_OWNER
from portal.accounts.policy import May as Accounts
from portal.accounts.policy import acting
from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.history import current
from portal.kernel.ids import is_id
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.mail import refusals
from portal.mail.models import RefusedAddress
from portal.people.models import Person
from workspaces.rooms.consent import seen
from workspaces.rooms.models import Group, GroupMember, Invitation, Membership, Pause, Visit, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May
from workspaces.rooms.queries.pauses import standing_in

ACCOUNT_TEAM, ABOVE = "team", "above"  # how staff who are no members come to see a workspace


@dataclass
class Someone:
    """One who can see the workspace. `part` is a role, ACCOUNT_TEAM, or ABOVE: a manager of somebody on the account's team."""

    person: Person
    part: str
    company: str | None = None
    account: Account | None = None
    since: datetime | None = None
    seen: datetime | None = None  # last here
    groups: list[Group] = field(default_factory=list)
    owns_account: bool = False
    buying: list[str] = field(default_factory=list)  # their part in the purchase, as far as the reader may know
    pause: Pause | None = None  # for moderators
    bounced: RefusedAddress | None = None  # for ours who run the workspace
    ends_at: datetime | None = None  # for who runs the workspace, and themselves
    shown: bool | None = None  # whether they let other companies see them, for our side and themselves

    @property
    def is_member(self) -> bool:
        return self.part not in (ACCOUNT_TEAM, ABOVE)


def everyone(actor: Actor, workspace: Workspace, shown: list[Group]) -> list[Someone]:
    """Everyone whom the workspace's audience has at this moment and whom the reader sees, ours first, those who run it first among them.

    `shown` are the groups that the reader may know of.
    """
    meant = select(holders(workspace.open_audience_pk).subquery().c.person_pk)
    rows = actor.session.execute(
        select(Person, Membership, Account, Visit.last, Pause, RefusedAddress)
        .outerjoin(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .outerjoin(Account, Account.pk == Membership.account_pk)
        .outerjoin(Visit, and_(Visit.person_pk == Person.pk, Visit.workspace_pk == workspace.pk))
        .outerjoin(Pause, and_(Pause.person_pk == Person.pk, standing_in(workspace)))
        .outerjoin(RefusedAddress, RefusedAddress.email == Person.email)
        .where(Person.pk.in_(meant), seen(actor, Person.pk, workspace.pk))
        .order_by(Person.name, Person.pk)
        .options(joinedload(Pause.by))
    ).all()
    teams = _teams(actor, workspace)
    groups = _groups_by_person(actor, shown)
    parts = _buying(actor, {row[0].pk for row in rows})
    found = [
        Someone(
            person,
            membership.role if membership else (ACCOUNT_TEAM if person.pk in teams else ABOVE),
            account.name if account else None,
            account,
            membership.valid_from if membership else None,
            seen,
            groups.get(person.pk, []),
            teams.get(person.pk) == ACCOUNT_OWNER,
            parts.get((person.pk, account.pk), []) if account else [],
            pause,
            bounced,
            membership.ends_at if membership else None,
            membership.shown if membership else None,
        )
        for person, membership, account, seen, pause, bounced in rows
    ]
    order = ["owner", "moderator", ACCOUNT_TEAM, "member", "reader", ABOVE]
    return sorted(found, key=lambda one: (not one.person.is_staff, one.company or "", not one.owns_account, order.index(one.part)))


def member(actor: Actor, workspace: Workspace, id: str) -> Person:
    """A member of the workspace, whom the actor sees, by the person's id, or NotFound."""
    return _person(actor, members(workspace).where(seen(actor, Person.pk, workspace.pk)), id)


def members_of_ids(actor: Actor, workspace: Workspace, ids: Iterable[str]) -> list[Person]:
    """The members of these ids, each once. Raises Invalid at `members` where one is none."""
    wanted = set(ids)
    found = list(actor.session.scalars(members(workspace).where(Person.id.in_(wanted)).order_by(Person.pk)))
    if len(found) < len(wanted):
        raise Invalid(("members", _("Choose among the members of this workspace.")))
    return found


def past_member(actor: Actor, workspace: Workspace, id: str) -> Person:
    """One who is or was a member, or NotFound."""
    here = select(Person).where(Person.pk.in_(select(Membership.person_pk).where(Membership.workspace_pk == workspace.pk)))
    return _person(actor, here, id)


def members(workspace: Workspace) -> Select[Any]:
    """The people who are members now."""
    return (
        select(Person)
        .join(Membership, Membership.person_pk == Person.pk)
        .where(Membership.workspace_pk == workspace.pk, Person.suspended_at.is_(None), current(Membership))
    )


def memberships(actor: Actor, workspace: Workspace, people: Iterable[Person]) -> dict[int, Membership]:
    """The current memberships of these people, by person."""
    mine = (
        select(Membership)
        .where(Membership.workspace_pk == workspace.pk, Membership.person_pk.in_([person.pk for person in people]), current(Membership))
        .options(joinedload(Membership.person), joinedload(Membership.account), joinedload(Membership.workspace))
    )
    return {each.person_pk: each for each in actor.session.scalars(mine)}


def my_membership(actor: Actor, workspace: Workspace) -> Membership | None:
    """The actor's own current membership."""
    return memberships(actor, workspace, [actor.person]).get(actor.pk)


def visits(actor: Actor, workspace: Workspace, people: Iterable[Person]) -> dict[int, datetime]:
    """When these people were last here."""
    mine = select(Visit.person_pk, Visit.last).where(Visit.workspace_pk == workspace.pk, Visit.person_pk.in_([each.pk for each in people]))
    return dict(actor.session.execute(mine).all())


def groups(actor: Actor, workspace: Workspace) -> list[Group]:
    """The groups that the actor may know of, by name."""
    mine = allowed(actor, May.READ_GROUP).where(Group.workspace_pk == workspace.pk)
    return list(actor.session.scalars(mine.order_by(Group.name, Group.pk)))


def in_groups(actor: Actor, shown: Iterable[Group]) -> dict[int, list[Person]]:
    """Who is in these groups, by group; of a community's those whom the reader sees."""
    found: dict[int, list[Person]] = {group.pk: [] for group in shown}
    inside = (
        select(GroupMember.group_pk, Person)
        .join(Person, Person.pk == GroupMember.person_pk)
        .join(Group, Group.pk == GroupMember.group_pk)
        .where(GroupMember.group_pk.in_(found), Person.suspended_at.is_(None), current(GroupMember))
        .where(seen(actor, Person.pk, Group.workspace_pk))
        .order_by(Person.name, Person.pk)
    )
    for group_pk, person in actor.session.execute(inside):
        found[group_pk].append(person)
    return found


def groups_of_ids(actor: Actor, workspace: Workspace, ids: Iterable[str], at: str = "groups") -> list[Group]:
    """The groups of these ids. Raises Invalid at the field `at` where one is not of this workspace, or not for the actor to know."""
    wanted = set(ids)
    mine = allowed(actor, May.READ_GROUP).where(Group.workspace_pk == workspace.pk, Group.id.in_(wanted))
    found = list(actor.session.scalars(mine))
    if len(found) < len(wanted):
        raise Invalid((at, _("There is no such group here.")))
    return found


def invited(actor: Actor, workspace: Workspace) -> list[Invitation]:
    """Who is invited and has not come: what waits first, newest first. Empty for who may not invite."""
    mine = (
        allowed(actor, May.READ_INVITATION)
        .where(Invitation.workspace_pk == workspace.pk, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .options(joinedload(Invitation.invited_by), joinedload(Invitation.account), joinedload(Invitation.bounced))
        .order_by(Invitation.declined_at.is_not(None), Invitation.created_at.desc(), Invitation.pk.desc())
    )
    return list(actor.session.scalars(mine.limit(200)))


def bounced(actor: Actor, emails: Iterable[str]) -> dict[str, RefusedAddress]:
    """Those of these addresses whose mail came back for good. For who may know the addresses."""
    return refusals.of(actor.session, emails)


def new_domains(workspace: Workspace, emails: Iterable[str]) -> list[str]:
    """Domains that belong to none of the workspace's accounts: inviting them asks first."""
    known = {domain.name for account in workspace.accounts for domain in account.domains}
    return sorted({email.rpartition("@")[2] for email in emails} - known)


def _person(actor: Actor, people: Select[Any], id: str) -> Person:
    found = actor.session.scalar(people.where(Person.id == id)) if is_id(id) else None
    if found is None:
        raise NotFound
    return found


def _teams(actor: Actor, workspace: Workspace) -> dict[int, str]:
    """Who is on the team of the workspace's account, a deputy too, and as what; nobody in a community."""
    if workspace.is_community:
        return {}
    mine = select(WorkspaceAccount.account_pk).where(WorkspaceAccount.workspace_pk == workspace.pk)
    team = select(Assignment.person_pk, Assignment.role).where(Assignment.account_pk.in_(mine), current(Assignment))
    acts = select(Deputy.person_pk, literal(ACCOUNT_MEMBER)).where(Deputy.account_pk.in_(mine), acting())
    found: dict[int, str] = {}
    for person_pk, role in actor.session.execute(team.union_all(acts)):
        found[person_pk] = max(role, found.get(person_pk, ""))
    return found


def _buying(actor: Actor, pks: set[int]) -> dict[tuple[int | None, int], list[str]]:
    """The part in the purchase by (person, account), of contacts that the reader may know: our own side, never a client."""
    if not actor.is_staff:
        return {}
    known = allowed(actor, Accounts.READ_CONTACT).where(Contact.person_pk.in_(pks)).with_only_columns(Contact.pk)
    played = (
        select(Contact.person_pk, Contact.account_pk, ContactRole.role)
        .join(ContactRole, ContactRole.contact_pk == func.coalesce(Contact.merged_pk, Contact.pk))
        .where(Contact.pk.in_(known), Contact.left_at.is_(None), current(ContactRole))
    )
    found: dict[tuple[int | None, int], list[str]] = {}
    for person_pk, account_pk, role in actor.session.execute(played):
        found.setdefault((person_pk, account_pk), []).append(role)
    return {key: sorted(roles, key=BUYING_ROLES.index) for key, roles in found.items()}


def _groups_by_person(actor: Actor, shown: list[Group]) -> dict[int, list[Group]]:
    found: dict[int, list[Group]] = {}
    inside = in_groups(actor, shown)
    for group in shown:
        for person in inside[group.pk]:
            found.setdefault(person.pk, []).append(group)
    return found
