"""Workspaces are opened, changed, archived and opened again."""

from collections.abc import Callable
from typing import Any

from portal.accounts.keeping_apart import refuse_meeting
from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, new_pair
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind, record
from portal.kernel.policy import require
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from workspaces.rooms.events import WORKSPACE_ARCHIVED, WORKSPACE_CHANGED, WORKSPACE_OPENED, WORKSPACE_RESTORED
from workspaces.rooms.models import ACCOUNT, COMMUNITY, OWNER, Group, Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May

# What a new workspace is fitted with (its first forum, its folder): `fit(actor, workspace)`, by feature.
FITTINGS: dict[str, Callable[[Actor, Workspace], object]] = {}


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
    refuse_meeting(actor, {account.pk for account in accounts}, (), field="accounts")
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
    for fit in FITTINGS.values():
        fit(actor, workspace)
    note_for_all(actor, WORKSPACE_OPENED, workspace, title=title)
    return workspace


@action(May.RUN_WORKSPACE)
def change_workspace(
    actor: Actor,
    workspace: Workspace,
    *,
    title: str | None = None,
    purpose: str | None = None,
    members_invite: bool | None = None,
    holds_first: bool | None = None,
    reading_times: bool | None = None,
) -> Workspace:
    """Change what was given; what is as it was before is no change."""
    wanted: dict[str, str | bool | None] = {"title": title, "purpose": purpose, "members_invite": members_invite}
    wanted |= {"holds_first": holds_first, "reading_times": reading_times}
    changed = {name: value for name, value in wanted.items() if value is not None and value != getattr(workspace, name)}
    if not changed:
        return workspace
    was = {name: getattr(workspace, name) for name in changed}
    for name, value in changed.items():
        setattr(workspace, name, value)
    words = {
        "title": later("title"),
        "purpose": later("purpose"),
        "members_invite": later("who may invite"),
        "holds_first": later("whether first messages wait"),
        "reading_times": later("whether reading is measured"),
    }
    note_for_all(actor, WORKSPACE_CHANGED, workspace, fields=[words[name] for name in changed], was=was, now=changed)
    return workspace


@action(May.RUN_WORKSPACE)
def archive_workspace(actor: Actor, workspace: Workspace) -> Workspace:
    """From now on everything can be read, and nothing changes."""
    workspace.archived_at = now()
    note_for_all(actor, WORKSPACE_ARCHIVED, workspace, title=workspace.title)
    return workspace


@action(May.RESTORE_WORKSPACE)
def restore_workspace(actor: Actor, workspace: Workspace) -> Workspace:
    """People work here again."""
    workspace.archived_at = None
    note_for_all(actor, WORKSPACE_RESTORED, workspace, title=workspace.title)
    return workspace


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


def note_for_all(actor: Actor, of: EventKind, workspace: Workspace, **facts: Any) -> None:
    """Record what concerns every account of the workspace, on the trail of each."""
    for account in workspace.accounts:
        note(actor, of, workspace, account, **facts)


def note(actor: Actor, of: EventKind, workspace: Workspace, account: Account | None, *, team: bool = False, **facts: Any) -> None:
    """Record what happened in a workspace, for everyone in it, or with `team` for our own eyes. Who comes and goes in a community is
    always for those: whether others hear of it is for each to say (consent.py)."""
    ours = team or (workspace.is_community and of.group == "people")
    audience_pk = workspace.team_audience_pk if ours else workspace.open_audience_pk
    record(actor, of, workspace, audience_pk=audience_pk, account=account, workspace_pk=workspace.pk, facts=facts)
