"""What is done with workspaces: opened, joined, left."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, new_pair
from portal.kernel.bus import announce
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.history import change, current, end
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.rooms.events import JOINED, REMOVED, ROLE_CHANGED, WORKSPACE_OPENED
from workspaces.rooms.models import ACCOUNT, COMMUNITY, OWNER, Group, Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May

# What a new workspace is fitted with (its first forum, its folder): `fit(actor, workspace)`, filled in by wsgi.py.
FITTINGS: list[Callable[[Actor, Workspace], object]] = []


@action(May.CREATE_WORKSPACE)
def open_workspace(actor: Actor, *, title: str, accounts: list[Account], purpose: str = "", community: bool = False) -> Workspace:
    """A new workspace, owned by whoever opens it, for accounts they may read. Raises Invalid without an account, or for several
    accounts where it is not a community."""
    if not accounts:
        raise Invalid(("accounts", _("Choose the account that this workspace is for.")))
    if len(accounts) > 1 and not community:
        raise Invalid(("accounts", _("A workspace for several accounts is a community.")))
    for account in accounts:
        require(actor, Accounts.READ_ACCOUNT, account)
    session = actor.session
    open_audience, team_audience = new_pair(session, "workspace", 0)
    workspace = Workspace(
        title=title,
        purpose=purpose,
        kind=COMMUNITY if community else ACCOUNT,
        created_by_pk=actor.pk or None,
        open_audience_pk=open_audience.pk,
        team_audience_pk=team_audience.pk,
    )
    session.add(workspace)
    session.flush()
    open_audience.subject_pk = team_audience.subject_pk = workspace.pk
    session.add_all(WorkspaceAccount(workspace_pk=workspace.pk, account_pk=account.pk) for account in accounts)
    if actor.person:
        session.add(Membership(workspace_pk=workspace.pk, person_pk=actor.pk, role=OWNER))
    session.flush()
    for fit in FITTINGS:
        fit(actor, workspace)
    for account in accounts:
        _record(actor, WORKSPACE_OPENED, workspace, account, title=title)
    return workspace


def join(actor: Actor, workspace: Workspace, person: Person, *, role: str, account: Account | None) -> Membership:
    """Make somebody a member; for the actions that have found this to be right. `account` is a client's company in the workspace."""
    membership = membership_of(actor, workspace, person)
    if membership is not None:
        return membership
    membership = Membership(workspace_pk=workspace.pk, person_pk=person.pk, role=role, account_pk=account.pk if account else None)
    actor.session.add(membership)
    actor.session.flush()
    _record(actor, JOINED, workspace, account or only_account(workspace), name=person.name, title=workspace.title)
    announce(actor.session, {"access": [person.pk]})
    return membership


@action(May.RUN_WORKSPACE)
def remove_member(actor: Actor, workspace: Workspace, *, person: Person) -> None:
    """End a membership at once, everywhere; words and name stay. Raises Invalid for the last owner."""
    membership = membership_of(actor, workspace, person)
    if membership is None:
        return
    _refuse_last_owner(actor, membership)
    end(actor.session, membership)
    actor.session.flush()
    account = membership.account or only_account(workspace)
    _record(actor, REMOVED, workspace, account, name=person.name, title=workspace.title)
    announce(actor.session, {"access": [person.pk]})


@action(May.RUN_WORKSPACE)
def change_role(actor: Actor, workspace: Workspace, *, person: Person, role: str) -> Membership:
    """Another role from now on. Raises Invalid for who is no member, a client as owner, or the last owner."""
    membership = membership_of(actor, workspace, person)
    if membership is None:
        raise Invalid(("person", _("%(name)s is not a member.", name=person.name)))
    if membership.role == role:
        return membership
    if role == OWNER and not person.is_staff:
        raise Invalid(("role", _("Only staff own workspaces.")))
    if membership.role == OWNER:
        _refuse_last_owner(actor, membership)
    following = change(actor.session, membership, role=role)
    actor.session.flush()
    account = membership.account or only_account(workspace)
    _record(actor, ROLE_CHANGED, workspace, account, name=person.name, role=role)
    announce(actor.session, {"access": [person.pk]})
    return following


def membership_of(actor: Actor, workspace: Workspace, person: Person) -> Membership | None:
    return actor.session.scalar(
        select(Membership).where(Membership.workspace_pk == workspace.pk, Membership.person_pk == person.pk, current(Membership))
    )


def only_account(workspace: Workspace) -> Account | None:
    """The account of an account's workspace; None in a community."""
    return workspace.accounts[0] if workspace.kind == ACCOUNT and workspace.accounts else None


def place_audiences(actor: Actor, workspace: Workspace, audience: str | Group) -> tuple[Audience, Audience]:
    """The two audiences of a new place: 'everyone', 'staff', or a group of this workspace."""
    session = actor.session
    if isinstance(audience, Group):
        return new_pair(session, "group", audience.pk)
    if audience == "staff":
        both = Audience(kind="workspace", subject_pk=workspace.pk, staff_only=True)
        session.add(both)
        session.flush()
        return both, both
    return new_pair(session, "workspace", workspace.pk)


def _refuse_last_owner(actor: Actor, membership: Membership) -> None:
    if membership.role != OWNER:
        return
    others = select(Membership.pk).where(
        Membership.workspace_pk == membership.workspace_pk,
        Membership.role == OWNER,
        Membership.person_pk != membership.person_pk,
        current(Membership),
    )
    if actor.session.scalar(others.limit(1)) is None:
        raise Invalid(("person", _("A workspace needs an owner. Make somebody else one first.")))


def _record(actor: Actor, of: EventKind, workspace: Workspace, account: Account | None, **facts: Any) -> None:
    record(actor, of, workspace, audience_pk=workspace.open_audience_pk, account=account, workspace_pk=workspace.pk, facts=facts)
