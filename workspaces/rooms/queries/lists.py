"""Lists of workspaces: one's own, and the accounts to open one for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import selectinload

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.errors import Invalid
from portal.kernel.events import Event
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from workspaces.rooms.models import Visit, Workspace
from workspaces.rooms.policy import May, accounts_to_open_for
from workspaces.rooms.queries.home import NEWS

PAGE = 60


@dataclass
class Listed:
    """A workspace in the list: when something last happened, and whether any of it is new to the reader."""

    workspace: Workspace
    at: datetime | None
    fresh: bool


def mine(actor: Actor, *, archived: bool = False, page: int = 1) -> tuple[list[Listed], bool]:
    """A page of the reader's workspaces, latest activity first, and whether there are more."""
    activity = _activity(actor).subquery()
    found = (
        allowed(actor, May.READ_WORKSPACE)
        .outerjoin(activity, activity.c.workspace_pk == Workspace.pk)
        .outerjoin(Visit, (Visit.workspace_pk == Workspace.pk) & (Visit.person_pk == actor.pk))
        .where(Workspace.archived_at.is_not(None) if archived else Workspace.archived_at.is_(None))
        .options(selectinload(Workspace.accounts))
        .order_by(func.coalesce(activity.c.at, Workspace.created_at).desc(), Workspace.pk.desc())
        .add_columns(activity.c.at, activity.c.others_at, Visit.last)
    )
    rows = actor.session.execute(found.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    listed = [Listed(workspace, at, bool(others and (seen is None or others > seen))) for workspace, at, others, seen in rows]
    return listed[:PAGE], len(rows) > PAGE


def by_account(listed: list[Listed]) -> list[tuple[str, Account | None, list[Listed]]]:
    """The list in parts: (name, account) of each client, communities under none; in the order of their latest activity."""
    parts: dict[int, tuple[str, Account | None, list[Listed]]] = {}
    for each in listed:
        account = None if each.workspace.is_community or not each.workspace.accounts else each.workspace.accounts[0]
        key = account.pk if account else 0
        parts.setdefault(key, (account.name if account else "", account, []))[2].append(each)
    return list(parts.values())


def only_one(actor: Actor) -> Workspace | None:
    """The reader's workspace, if there is exactly one."""
    found = actor.session.scalars(allowed(actor, May.READ_WORKSPACE).limit(2)).all()
    return found[0] if len(found) == 1 else None


def accounts(actor: Actor) -> list[Account]:
    """The accounts that a workspace may be opened for, by name."""
    return list(actor.session.scalars(accounts_to_open_for(actor).order_by(Account.name, Account.pk).limit(1000)))


def accounts_of_ids(actor: Actor, ids: Iterable[str]) -> list[Account]:
    """The accounts of these ids, by name. Raises Invalid at `accounts` where one is not the actor's to read."""
    wanted = set(ids)
    found = list(actor.session.scalars(accounts_to_open_for(actor).where(Account.id.in_(wanted)).order_by(Account.name, Account.pk)))
    if len(found) < len(wanted):
        raise Invalid(("accounts", _("There is no such account among yours.")))
    return found


def _activity(actor: Actor):  # type: ignore[no-untyped-def]
    """When something last happened in each workspace, and when others last made news there; of what the reader may see."""
    others = case((Event.kind.in_(NEWS) & (func.coalesce(Event.actor_pk, 0) != actor.pk), Event.at))
    return (
        select(Event.workspace_pk, func.max(Event.at).label("at"), func.max(others).label("others_at"))
        .where(Event.workspace_pk.is_not(None), held(actor, Event.audience_pk))
        .group_by(Event.workspace_pk)
    )
