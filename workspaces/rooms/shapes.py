"""Workspaces, members, groups and invitations as the API has them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.people.models import Person
from workspaces.rooms.models import Group, Invitation, Membership, Place, Workspace
from workspaces.rooms.queries.places import groups_meant


def workspace_json(actor: Actor, workspace: Workspace, mine: Membership | None = None) -> dict[str, Any]:
    """A workspace. Of the accounts of a community a client is told their own: who else is a customer is not theirs to list."""
    accounts = workspace.accounts
    if not actor.is_staff and not actor.system:
        accounts = [account for account in accounts if mine is not None and account.pk == mine.account_pk]
    return {
        "id": workspace.id,
        "title": workspace.title,
        "purpose": workspace.purpose,
        "kind": workspace.kind,
        "accounts": [account.id for account in accounts],
        "members_invite": workspace.members_invite,
        "archived": workspace.archived,
        "archived_at": _moment(workspace.archived_at),
        "created_at": rfc3339(workspace.created_at),
        "role": mine.role if mine else None,
        "url": workspace.path,
    }


def member_json(membership: Membership, *, groups: list[Group] = (), seen: datetime | None = None, email: bool = False) -> dict[str, Any]:  # type: ignore[assignment]
    """A member; the address only for staff and for oneself."""
    person, account = membership.person, membership.account
    return {
        "id": person.id,
        "person": person_json(person, email=email),
        "workspace": membership.workspace.id,
        "account": account.id if account else None,
        "company": account.name if account else None,
        "role": membership.role,
        "groups": [group.id for group in groups],
        "joined_at": rfc3339(membership.valid_from),
        "last_active_at": _moment(seen),
    }


def person_json(person: Person, *, email: bool = False) -> dict[str, Any]:
    """A person as others in the room see them."""
    shown = {"id": person.id, "name": person.name, "title": person.title, "staff": person.is_staff}
    return shown | {"email": person.email} if email else shown


def audiences_json(actor: Actor, places: Collection[Place]) -> dict[int, str | dict[str, str]]:
    """Whom places are for, by the pk of their open audience: "everyone", "staff", or {"group": id}; one query for all groups."""
    audiences = {place.open_audience_pk: place.open_audience for place in places}
    groups = groups_meant(actor, places)
    return {
        pk: {"group": groups[meant.subject_pk].id} if meant.kind == "group" else "staff" if meant.staff_only else "everyone"
        for pk, meant in audiences.items()
    }


def group_json(group: Group, members: list[Person]) -> dict[str, Any]:
    """A group with the ids of who is in it."""
    return {
        "id": group.id,
        "workspace": group.workspace.id,
        "name": group.name,
        "members": [person.id for person in members],
        "created_at": rfc3339(group.created_at),
    }


def invitation_json(invitation: Invitation, *, link: str | None = None) -> dict[str, Any]:
    """An invitation; `link`, the one that needs a code, only where it was just made."""
    shown = {
        "id": invitation.id,
        "workspace": invitation.workspace.id,
        "email": invitation.email,
        "name": invitation.name,
        "role": invitation.role,
        "groups": invitation.groups,
        "note": invitation.note,
        "account": invitation.account.id if invitation.account else None,
        "state": invitation.state,
        "invited_by": invitation.invited_by.id,
        "created_at": rfc3339(invitation.created_at),
        "sent_at": _moment(invitation.sent_at),
        "opened_at": _moment(invitation.opened_at),
        "expires_at": rfc3339(invitation.expires_at),
        "accepted_at": _moment(invitation.accepted_at),
    }
    return shown | {"link": link} if link else shown


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
