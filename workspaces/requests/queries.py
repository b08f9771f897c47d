"""Who would like to come in, and which workspace they mean."""

import re
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.accounts.models import AccountDomain
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed, condition
from portal.people.models import Person
from workspaces.requests.models import EntryRequest
from workspaces.requests.policy import May
from workspaces.rooms.models import ACCOUNT, SHELF, Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import standing
from workspaces.rooms.queries import Here

ADDRESS = re.compile(r"(?:^|/w/)([0-9A-Za-z]{22})(?![0-9A-Za-z])")
MOST = 100
OPEN = (EntryRequest.accepted_at.is_(None), EntryRequest.declined_at.is_(None))


def waiting(actor: Actor, workspace: Workspace) -> list[EntryRequest]:
    """Who waits for an answer here, longest first; for a client, whom they proposed."""
    return list(actor.session.scalars(_of(actor, workspace).where(*OPEN).order_by(EntryRequest.pk)))


def listed(actor: Actor, workspace: Workspace) -> list[EntryRequest]:
    """Everybody who asked of late, the latest first."""
    return list(actor.session.scalars(_of(actor, workspace).order_by(EntryRequest.pk.desc())))


def waits_here(actor: Actor, workspace: Here) -> Any:
    """How many wait in one workspace of whom the actor may know, as part of a larger question."""
    here = (EntryRequest.workspace_pk == workspace.pk, *OPEN, condition(actor, May.READ_REQUEST))
    return select(func.count(EntryRequest.pk)).where(*here).correlate(None).scalar_subquery()


def known_here(actor: Actor, row: EntryRequest) -> bool:
    """Whether who is said to have told them is somebody who is in the workspace."""
    return bool(row.told_by) and bool(actor.session.scalar(select(_is_member(row.workspace_pk, row.told_by))))


def meant_by(session: Session, row: EntryRequest) -> Workspace | None:
    """The workspace of the address they wrote. Without one that there is: of the company that has the domain of their mail, the first in
    which somebody is whom they name, else the first."""
    open_ = select(Workspace).where(Workspace.archived_at.is_(None), Workspace.kind != SHELF)
    if (written := ADDRESS.search(row.at)) is not None:
        found = session.scalar(open_.where(Workspace.id == written[1]))
        if found is not None:
            return found
    theirs = open_.join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
    theirs = theirs.where(Workspace.kind == ACCOUNT, WorkspaceAccount.account_pk == company_of(session, row.email))
    named = _is_member(Workspace.pk, row.told_by)
    return session.scalar(theirs.order_by(named.desc(), Workspace.pk).limit(1))


def company_of(session: Session, email: str) -> int | None:
    """The pk of the account that has the domain of an address."""
    return session.scalar(select(AccountDomain.account_pk).where(AccountDomain.name == email.rpartition("@")[2]))


def _of(actor: Actor, workspace: Workspace) -> Select[Any]:
    loads = (joinedload(EntryRequest.proposed_by), joinedload(EntryRequest.account), joinedload(EntryRequest.workspace))
    return allowed(actor, May.READ_REQUEST).where(EntryRequest.workspace_pk == workspace.pk).options(*loads).limit(MOST)


def _is_member(workspace_pk: Any, named: str) -> Any:
    there = (Membership.workspace_pk == workspace_pk, Membership.person_pk == Person.pk, standing())
    return exists().where(*there, or_(func.lower(Person.name) == named.lower(), Person.email == named.lower()))
