"""Shape and bounds of what is told about workspaces, members, groups and invitations."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from typing_extensions import TypedDict

from portal.accounts.schemas import Moment
from portal.kernel.schemas import Schema, line, mailbox, text
from portal.kernel.shapes import means
from portal.kernel.words import gettext as _

Id = Annotated[str, StringConstraints(max_length=40)]
Ids = Annotated[list[Id], Field(max_length=200)]
Role = Literal["owner", "moderator", "member", "reader"]
InvitedRole = Literal["moderator", "member", "reader"]
MOST = 200  # invitations at once


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(_("Write a date such as 2026-11-19.")) from None


Day = Annotated[date, BeforeValidator(_day)]


class NewWorkspace(Schema):
    """A workspace to be opened; several accounts make a community."""

    title: line(120, 1)
    accounts: Ids
    purpose: line(300) = ""
    kind: Literal["account", "community", ""] = ""  # '': by the number of accounts


class WorkspaceChange(Schema):
    """What may change of a workspace; what is not sent stays."""

    title: line(120, 1) | None = None
    purpose: line(300) | None = None
    members_invite: bool | None = None
    holds_first: bool | None = None
    reading_times: bool | None = None


class Thing(Schema):
    """Something that can stand under Start here; the plan has the workspace's id."""

    kind: Literal["topic", "file", "plan"]
    id: Id


class ArrangedStart(Schema):
    """What stands under Start here, in order."""

    items: Annotated[list[Thing], Field(max_length=4)]


class Pinning(Schema):
    """One press on a page about what stands there."""

    kind: Literal["topic", "file", "plan"]
    thing: Id
    act: Literal["pin", "unpin", "up", "down"]


class MemberChange(Schema):
    """A member's part from now on; what is not sent stays."""

    role: Role | None = None
    groups: Ids | None = None
    ends_at: Moment | None = None  # null: without an end


class BeingSeen(Schema):
    """Whether people of other companies see one in a community."""

    shown: bool


class Pausing(Schema):
    """Until which day somebody reads and does not write, and why; they read it."""

    until: Day
    reason: line(300, 1)


class Ending(Schema):
    """The last day of a membership, or so many days more, or neither: without an end."""

    last_day: Day | None = None
    days: Annotated[int, Field(ge=1, le=366)] | None = None


class OfGroup(Schema):
    """An audience that is a group of the workspace."""

    group: str


class Meaning(Schema):
    """Whom a place is for, from a form: 'everyone', 'staff' or a group's id; once it was shown what that means, what becomes of
    what stands there, and that it was agreed to."""

    audience: line(22) = ""
    old: Literal["follow", "stay", ""] = ""
    confirmed: bool = False


class PreviewAsked(TypedDict, total=False):
    """Whether to do it, or to tell what it would mean."""

    preview: Annotated[bool, means("`true`: nothing changes; the answer is how it would be, with `change`.")]


class NewGroup(Schema):
    """A group of members; `members` are ids of people."""

    name: line(80, 1)
    members: Ids = []


class GroupChange(Schema):
    """What may change of a group; what is not sent stays."""

    name: line(80, 1) | None = None
    members: Ids | None = None


class NewInvitation(Schema):
    """Somebody to invite. `account` is needed only where a community has none with the domain of the address."""

    email: mailbox()
    role: InvitedRole = "member"
    groups: Ids = []
    note: text(2000) = ""
    name: line(120) = ""
    account: Id | None = None
    ends_at: Moment | None = None  # when the membership ends by itself


class AddressChange(Schema):
    """The right address of an invitation whose mail came back."""

    email: mailbox()


class NewInvitations(Schema):
    """Several at once, each answered for itself."""

    items: Annotated[list[NewInvitation], Field(min_length=1, max_length=MOST)]


class InvitationForm(Schema):
    """The form under People; the box of addresses is read by `pasted`."""

    emails: text(60000) = ""
    role: InvitedRole = "member"
    note: text(2000) = ""
    account: Id = ""
    last_day: Day | None = None
    confirmed: text(2000) = ""  # the new domains that were agreed to


class Acceptance(Schema):
    """An invitation taken up. `code` where the link was shown and not mailed."""

    token: Annotated[str, StringConstraints(max_length=200)]
    code: line(20) | None = None
    name: line(120) | None = None
    shown: bool | None = None  # in a community: whether people of other companies see them; null: not said yet
    password: Annotated[str, StringConstraints(max_length=1000)] | None = None


class Named(Schema):
    """What somebody wants to be called."""

    name: line(120, 1)
