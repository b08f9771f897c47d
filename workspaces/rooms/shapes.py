"""Workspaces, members, groups and invitations as the API has them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Literal, NotRequired

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.mail import refusals
from portal.mail.models import RefusedAddress
from portal.people.models import Person
from workspaces.rooms.models import Group, Invitation, Membership, Pause, Place, Workspace
from workspaces.rooms.queries.places import groups_meant
from workspaces.rooms.queries.readers import Difference, Reader


class GroupMeantJson(TypedDict):
    """An audience that is a group of the workspace."""

    group: str


AudienceJson = Literal["everyone", "staff"] | GroupMeantJson


class ReaderJson(TypedDict):
    """One who can see something."""

    id: str
    name: str
    side: Literal["staff", "client"]
    company: Annotated[str | None, means("That of a client in this workspace.")]


class ChangeJson(TypedDict):
    """What another audience would mean."""

    gains: list[ReaderJson]
    loses: list[ReaderJson]
    posts: Annotated[int, means("How many messages stand there by now.")]
    files: Annotated[int, means("How many files stand there by now.")]


class WorkspaceJson(TypedDict):
    """Where the vendor and the people of one client, or of several, work together."""

    id: str
    title: str
    purpose: str
    kind: Annotated[str, one_of("account", "community")]
    accounts: Annotated[list[str], means("Ids of its accounts; clients are told their own.")]
    members_invite: Annotated[bool, means("Whether members may invite.")]
    holds_first: Annotated[bool, means("Whether what a client writes first waits for a moderator.")]
    reading_times: Annotated[bool, means("Whether it is measured how long files are read.")]
    archived: bool
    archived_at: Moment | None
    created_at: Moment
    role: Annotated[str | None, means("The caller's part in it; null for who is there by the account.")]
    url: str


class MemberPersonJson(TypedDict):
    """A person as others in the room see them; the address only for staff and oneself."""

    id: str
    name: str
    title: str
    staff: bool
    email: NotRequired[str]


class MemberJson(TypedDict):
    """Somebody in a workspace."""

    id: Annotated[str, means("The person's id.")]
    person: MemberPersonJson
    workspace: str
    account: str | None
    company: Annotated[str | None, means("The account's name.")]
    role: Annotated[str, one_of("owner", "moderator", "member", "reader")]
    groups: Annotated[list[str], means("Ids of their groups, as far as the caller may know of them.")]
    joined_at: Moment
    ends_at: Annotated[Moment | None, means("When the membership ends by itself, as far as the caller may know.")]
    last_active_at: Moment | None
    shown: NotRequired[
        Annotated[bool | None, means("In a community: whether they let other companies see them; for staff and themselves.")]
    ]


class PauseJson(TypedDict):
    """Somebody reads and does not write for a while."""

    person: str
    by: str
    until: Moment
    reason: str


class GroupJson(TypedDict):
    """A group of members."""

    id: str
    workspace: str
    name: str
    members: Annotated[list[str], means("Ids of people.")]
    created_at: Moment
    change: NotRequired[ChangeJson]


class BouncedJson(TypedDict):
    """Mail that came back for good."""

    at: Moment
    code: str
    words: Annotated[str, means("What it means.")]
    said: Annotated[str, means("What the mail server said.")]


class InvitationJson(TypedDict):
    """An invitation to a workspace."""

    id: str
    workspace: str
    email: str
    name: str
    role: Annotated[str, one_of("moderator", "member", "reader")]
    groups: list[str]
    note: str
    account: str | None
    state: str
    invited_by: str
    created_at: Moment
    sent_at: Moment | None
    opened_at: Moment | None
    expires_at: Moment
    ends_at: Annotated[Moment | None, means("When the membership ends that comes of it.")]
    accepted_at: Moment | None
    bounced: BouncedJson | None
    link: NotRequired[Annotated[str, means("For staff, once, in the answer to POST. Opening it sends a code to the address.")]]


class FaultJson(TypedDict):
    """What is wrong with a field."""

    field: str
    message: str


class RefusedJson(TypedDict):
    """One of several who was not invited."""

    item: Annotated[int, means("Its place in what was sent, from 0.")]
    email: Annotated[str, means("As it was sent.")]
    errors: list[FaultJson]


class InvitationsJson(TypedDict):
    """The invitations just made, and who was not invited."""

    items: list[InvitationJson]
    refused: list[RefusedJson]
    next: None


class AcceptedJson(TypedDict):
    """Who came in, and what they may come in with from now on."""

    person: MemberPersonJson
    session_token: Annotated[str, means("Good as a bearer token.")]


def workspace_json(actor: Actor, workspace: Workspace, mine: Membership | None = None) -> WorkspaceJson:
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
        "holds_first": workspace.holds_first,
        "reading_times": workspace.reading_times,
        "archived": workspace.archived,
        "archived_at": _moment(workspace.archived_at),
        "created_at": rfc3339(workspace.created_at),
        "role": mine.role if mine else None,
        "url": workspace.path,
    }


def member_json(membership: Membership, *, groups: list[Group] = (), seen: datetime | None = None, email: bool = False) -> MemberJson:  # type: ignore[assignment]
    """A member; the address only for staff and for oneself."""
    person, account = membership.person, membership.account
    shown: MemberJson = {
        "id": person.id,
        "person": person_json(person, email=email),
        "workspace": membership.workspace.id,
        "account": account.id if account else None,
        "company": account.name if account else None,
        "role": membership.role,
        "groups": [group.id for group in groups],
        "joined_at": rfc3339(membership.valid_from),
        "ends_at": _moment(membership.ends_at) if email else None,
        "last_active_at": _moment(seen),
    }
    if email:
        shown["shown"] = membership.shown
    return shown


def pause_json(pause: Pause) -> PauseJson:
    return {"person": pause.person.id, "by": pause.by.id, "until": rfc3339(pause.until), "reason": pause.reason}


def person_json(person: Person, *, email: bool = False) -> MemberPersonJson:
    """A person as others in the room see them."""
    shown: MemberPersonJson = {"id": person.id, "name": person.name, "title": person.title, "staff": person.is_staff}
    if email:
        shown["email"] = person.email
    return shown


def audiences_json(actor: Actor, places: Collection[Place]) -> dict[int, AudienceJson]:
    """Whom places are for, by the pk of their open audience: "everyone", "staff", or {"group": id}; one query for all groups."""
    audiences = {place.open_audience_pk: place.open_audience for place in places}
    groups = groups_meant(actor, places)
    return {
        pk: {"group": groups[meant.subject_pk].id} if meant.kind == "group" else "staff" if meant.staff_only else "everyone"
        for pk, meant in audiences.items()
    }


def readers_json(found: Iterable[Reader]) -> list[ReaderJson]:
    """Who can see something, each with their side."""
    return [
        {"id": one.person.id, "name": one.person.name, "side": "staff" if one.person.is_staff else "client", "company": one.company}
        for one in found
    ]


def change_json(meant: Difference | None) -> ChangeJson:
    """What another audience would mean; of one that changes nothing that nobody comes or goes."""
    meant = meant or Difference([], [])
    return {"gains": readers_json(meant.gains), "loses": readers_json(meant.loses), "posts": meant.posts, "files": meant.files}


def group_json(group: Group, members: list[Person]) -> GroupJson:
    """A group with the ids of who is in it."""
    return {
        "id": group.id,
        "workspace": group.workspace.id,
        "name": group.name,
        "members": [person.id for person in members],
        "created_at": rfc3339(group.created_at),
    }


def invitation_json(invitation: Invitation, bounced: RefusedAddress | None = None, *, link: str | None = None) -> InvitationJson:
    """An invitation; `link`, the one that needs a code, only where it was just made."""
    shown: InvitationJson = {
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
        "ends_at": _moment(invitation.ends_at),
        "accepted_at": _moment(invitation.accepted_at),
        "bounced": _bounced(bounced),
    }
    if link:
        shown["link"] = link
    return shown


def _bounced(refused: RefusedAddress | None) -> BouncedJson | None:
    if refused is None:
        return None
    return {"at": rfc3339(refused.at), "code": refused.code, "words": refusals.plainly(refused), "said": refused.said}


def _moment(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None
