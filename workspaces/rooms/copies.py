"""What of workspaces is in a copy: the rooms, who is and was in them, and whom their places are for."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience
from portal.kernel.copying import Chapter, Item, Lines, Page, Scope, chapter, copied, left_out
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.rooms.models import ACCOUNT, Group, GroupMember, Invitation, Membership, Pin, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people
from workspaces.rooms.queries.people import Someone
from workspaces.rooms.shapes import person_json

SECRETS = ("token_hash", "shown_hash", "code_hash", "code_tries", "code_expires_at", "groups")


def rooms_of(account_pk: int) -> Select[Any]:
    """The workspaces of an account, by pk."""
    return select(WorkspaceAccount.workspace_pk).where(WorkspaceAccount.account_pk == account_pk)


def own_rooms_of(account_pk: int) -> Select[Any]:
    """Those that are its alone: everybody in them is there for this account."""
    return rooms_of(account_pk).join(Workspace, Workspace.pk == WorkspaceAccount.workspace_pk).where(Workspace.kind == ACCOUNT)


def _there_for(model: Any, account_pk: int) -> ColumnElement[bool]:
    """In a community only what names this company."""
    return or_(
        model.workspace_pk.in_(own_rooms_of(account_pk)),
        and_(model.account_pk == account_pk, model.workspace_pk.in_(rooms_of(account_pk))),
    )


def _grouped(account_pk: int) -> ColumnElement[bool]:
    theirs = select(Person.pk).where(Person.account_pk == account_pk)
    own = select(Group.pk).where(Group.workspace_pk.in_(own_rooms_of(account_pk)))
    shared = select(Group.pk).where(Group.workspace_pk.in_(rooms_of(account_pk)))
    return or_(GroupMember.group_pk.in_(own), and_(GroupMember.group_pk.in_(shared), GroupMember.person_pk.in_(theirs)))


copied(Audience, None)
copied(Workspace, lambda account_pk: Workspace.pk.in_(rooms_of(account_pk)), kept={"quota"})
copied(WorkspaceAccount, lambda account_pk: WorkspaceAccount.account_pk == account_pk)
copied(Membership, lambda account_pk: _there_for(Membership, account_pk))
copied(Pin, lambda account_pk: Pin.workspace_pk.in_(own_rooms_of(account_pk)))
copied(Group, lambda account_pk: Group.workspace_pk.in_(rooms_of(account_pk)))
copied(GroupMember, _grouped)
copied(Invitation, lambda account_pk: _there_for(Invitation, account_pk), kept=SECRETS)
left_out("ways in are not taken along", "invitation_link")
left_out("when a person was last here is theirs", "visit")
left_out("who is to be silent for a while is of this room; that it was so is on the trail", "pause")


def _rooms(actor: Actor, scope: Scope) -> list[Workspace]:
    found = allowed(actor, May.READ_WORKSPACE)
    if scope.workspace is not None:
        return list(actor.session.scalars(found.where(Workspace.pk == scope.workspace.pk)))
    return list(actor.session.scalars(found.where(Workspace.pk.in_(rooms_of(scope.account.pk))).order_by(Workspace.title, Workspace.pk)))


def _inside(actor: Actor, scope: Scope, workspace: Workspace) -> list[Someone]:
    """Who is in it. In an account's copy others' people of a community are not named."""
    inside = people.everyone(actor, workspace, [])
    if scope.account is None:
        return inside
    return [one for one in inside if one.account is None or one.account.pk == scope.account.pk]


def _count(actor: Actor, scope: Scope) -> int:
    if scope.workspace is None:
        found = select(func.count()).select_from(Workspace).where(Workspace.pk.in_(rooms_of(scope.account.pk)))
        return actor.session.scalar(found) or 0
    return len(_inside(actor, scope, scope.workspace))


def _items(actor: Actor, scope: Scope) -> Iterator[Item]:
    rooms = [(workspace, _inside(actor, scope, workspace)) for workspace in _rooms(actor, scope)]
    yield Page("members.html", "copies/members.html", {"rooms": rooms, "several": scope.account is not None})
    if scope.workspace is not None:
        yield Lines("data/people.jsonl", (_shown(one) for _workspace, inside in rooms for one in inside))


def _shown(one: Someone) -> dict[str, Any]:
    return person_json(one.person) | {"company": one.company, "part": one.part}


chapter(Chapter("members", 50, lambda: _("Workspaces and members"), "members.html", _count, _items, scopes=frozenset({"account"})))
chapter(Chapter("people", 40, lambda: _("People"), "members.html", _count, _items, scopes=frozenset({"workspace"})))
