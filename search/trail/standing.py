"""How an account stands, or stood on a day: what waits for us, its workspaces, who was in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.history import as_of
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.people.models import Person
from search.trail.queries import latest
from workspaces.forums.models import Topic
from workspaces.forums.policy import May as Forums
from workspaces.rooms.models import ACCOUNT, Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May as Rooms


@dataclass(frozen=True)
class Waiting:
    """What the account's people have asked and nobody of us has answered."""

    number: int
    since: datetime
    url: str  # of the oldest


def unanswered(actor: Actor) -> Select[Any]:
    """Topics where a client's last word waits for one of us, in workspaces that are open, of those the actor may read."""
    return (
        allowed(actor, Forums.READ_TOPIC)
        .join(Workspace, Workspace.pk == Topic.workspace_pk)
        .where(Topic.unanswered_since.is_not(None), Topic.locked_at.is_(None), Workspace.archived_at.is_(None))
        .options(contains_eager(Topic.workspace))
    )


def waiting(actor: Actor, account: Account) -> Waiting | None:
    """What waits for us in this account; None where nothing does. One query."""
    first: Any = _waiting(actor, account=account.pk).first()
    return Waiting(first[1], first[0].unanswered_since, first[0].path) if first else None


@prepared
def _waiting(actor: Actor, *, account: Any) -> Any:
    found = unanswered(actor).where(Topic.account_pk == account).add_columns(func.count().over())
    return found.order_by(Topic.unanswered_since, Topic.pk).limit(1)


def workspaces_of(actor: Actor, account: Account) -> list[Workspace]:
    """The account's workspaces and communities that the actor may come into, the open ones first."""
    found = (
        allowed(actor, Rooms.READ_WORKSPACE)
        .join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
        .where(WorkspaceAccount.account_pk == account.pk)
    )
    return list(actor.session.scalars(found.order_by(Workspace.archived_at.is_not(None), Workspace.title, Workspace.pk)))


def members(actor: Actor, account: Account, at: datetime) -> dict[str, list[Person]]:
    """Who of the account, and of us, was in its workspaces at a moment: by workspace's title. One query."""
    rooms = allowed(actor, Rooms.READ_WORKSPACE).with_only_columns(Workspace.pk)
    found = (
        select(Workspace.title, Person)
        .join(Membership, Membership.workspace_pk == Workspace.pk)
        .join(Person, Person.pk == Membership.person_pk)
        .join(WorkspaceAccount, and_(WorkspaceAccount.workspace_pk == Workspace.pk, WorkspaceAccount.account_pk == account.pk))
        .where(Workspace.pk.in_(rooms), as_of(Membership, at), or_(Membership.account_pk == account.pk, Workspace.kind == ACCOUNT))
        .order_by(Workspace.title, Person.is_staff, Person.name)
    )
    inside: dict[str, list[Person]] = {}
    for title, person in actor.session.execute(found):
        inside.setdefault(title, []).append(person)
    return inside


def stands(actor: Actor, account: Account, path: str) -> dict[str, Any]:
    """For the account's overview: what waits for us, and its workspaces."""
    return {"waiting": waiting(actor, account), "workspaces": workspaces_of(actor, account)}


def lately(actor: Actor, account: Account, path: str) -> dict[str, Any]:
    """For the account's overview: the last five lines of its trail."""
    return {"lines": latest(actor, account, 5)}
