"""Workspaces: invite-only rooms for one account, or communities of several; their members, groups and invitations."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Boolean, ForeignKey, ForeignKeyConstraint, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, relationship

from portal.accounts.models import NOW, Account
from portal.kernel import ids
from portal.kernel.audiences import Audience
from portal.kernel.clock import now
from portal.kernel.db import Base, Created, Identified
from portal.kernel.history import Timed
from portal.mail.models import RefusedAddress
from portal.people.models import Person

ACCOUNT, COMMUNITY, SHELF = "account", "community", "shelf"
OWNER, MODERATOR, MEMBER, READER = "owner", "moderator", "member", "reader"
WAITING, ACCEPTED, DECLINED, REVOKED, EXPIRED = "waiting", "accepted", "declined", "revoked", "expired"
STANDS = text("removed_at IS NULL")
THE_SHELF = text("kind = 'shelf'")
PLAN = "plan"  # among what is pinned: the plan of the workspace
MOST_PINNED = 4


class Place:
    """What content is in. It owns two audiences: open, and the team (staff) among it."""

    @declared_attr
    def open_audience_pk(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("audience.pk"), index=True)

    @declared_attr
    def team_audience_pk(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("audience.pk"), index=True)

    @declared_attr
    def open_audience(cls) -> Mapped[Audience]:
        return relationship(Audience, foreign_keys=lambda: cls.open_audience_pk)  # type: ignore[arg-type]


class Workspace(Identified, Created, Place, Base):
    """A room. As a place its open audience is everyone in it. One of them is no room but the shelf: the team's own library, which nobody
    is in; its team audience is all staff."""

    __tablename__ = "workspace"
    __kind__ = "workspace"
    __table_args__ = (Index("uq_workspace_shelf", "kind", unique=True, sqlite_where=THE_SHELF, postgresql_where=THE_SHELF),)

    title: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(300), default="")
    kind: Mapped[str] = mapped_column(String(10), default=ACCOUNT)
    created_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    members_invite: Mapped[bool] = mapped_column(Boolean, default=False)  # may clients invite colleagues?
    holds_first: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # does what a client writes first wait?
    held_count: Mapped[int] = mapped_column(default=0, server_default="0")  # how many such messages wait: pages ask only where some do
    reading_times: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # is it measured how long files are read?
    quota: Mapped[int | None] = mapped_column(BigInteger)  # bytes that its files may take; 0: any; none: as the installation says
    archived_at: Mapped[datetime | None]

    accounts: Mapped[list[Account]] = relationship(secondary="workspace_account", order_by=Account.name, viewonly=True)

    @property
    def path(self) -> str:
        words = ids.words(self.title)
        return f"/w/{self.id}-{words}/" if words else f"/w/{self.id}/"

    def account_named(self, id: str | None) -> Account | None:
        """The one of its accounts that has this id."""
        return next((each for each in self.accounts if each.id == id), None)

    @property
    def archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_community(self) -> bool:
        return self.kind == COMMUNITY

    @property
    def is_shelf(self) -> bool:
        return self.kind == SHELF


class WorkspaceAccount(Base):
    """Which accounts a workspace is for: one, or in a community several."""

    __tablename__ = "workspace_account"

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), primary_key=True, index=True)


class InWorkspace:
    """A row of a workspace that belongs to one of its accounts, or (what staff open in a community) to none."""

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    account_pk: Mapped[int | None]

    @staticmethod
    def one_of_its_accounts() -> ForeignKeyConstraint:
        """For `__table_args__`: the account is one of the workspace's own."""
        return ForeignKeyConstraint(["workspace_pk", "account_pk"], ["workspace_account.workspace_pk", "workspace_account.account_pk"])


class Membership(Timed, Base):
    """Who is in a workspace, and as what. A client's company is that of their account in it."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("uq_membership_now", "workspace_pk", "person_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),
        Index("ix_membership_person", "person_pk", "workspace_pk"),
        InWorkspace.one_of_its_accounts(),
    )

    pk: Mapped[int] = mapped_column(primary_key=True)
    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"))
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    account_pk: Mapped[int | None]  # none for staff
    role: Mapped[str] = mapped_column(String(10))
    ends_at: Mapped[datetime | None]  # from this moment on they are no member, whatever the clock of the worker says
    shown: Mapped[bool | None]  # in a community: whether they agreed that other companies see them (see consent.py); None: not said

    person: Mapped[Person] = relationship()
    workspace: Mapped[Workspace] = relationship(overlaps="workspace")
    account: Mapped[Account | None] = relationship(primaryjoin="foreign(Membership.account_pk) == Account.pk", viewonly=True)


class Group(Identified, Created, Base):
    """A named set of a workspace's people that a forum or folder can be for."""

    __tablename__ = "member_group"
    __kind__ = "group"
    __table_args__ = (Index("uq_group_name_now", "workspace_pk", "name", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),)

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None]

    workspace: Mapped[Workspace] = relationship()


class GroupMember(Timed, Base):
    """Who is in a group."""

    __tablename__ = "group_member"
    __table_args__ = (
        Index("uq_group_member_now", "group_pk", "person_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),
        Index("ix_group_member_person", "person_pk", "group_pk"),
    )

    pk: Mapped[int] = mapped_column(primary_key=True)
    group_pk: Mapped[int] = mapped_column(ForeignKey("member_group.pk"))
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))

    person: Mapped[Person] = relationship()


class Invitation(Identified, Created, Base):
    """A way in for one mailbox: single use, expiring, revocable, resendable. It belongs to the workspace, not to who sent it."""

    __tablename__ = "invitation"
    __kind__ = "invitation"

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))  # the invited client's company
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(10))
    groups: Mapped[list[str]] = mapped_column(default=list)  # ids
    note: Mapped[str] = mapped_column(Text, default="")
    invited_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    sendings: Mapped[int] = mapped_column(default=1)  # each has its own link; the links before it have run out
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the latest e-mailed link: proves the mailbox
    shown_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of the link staff see: needs a code
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    code_tries: Mapped[int] = mapped_column(default=0)
    code_expires_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    resent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]  # of the membership that comes of it
    accepted_at: Mapped[datetime | None]
    accepted_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    declined_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    workspace: Mapped[Workspace] = relationship()
    account: Mapped[Account | None] = relationship()
    invited_by: Mapped[Person] = relationship(foreign_keys=invited_by_pk)
    revoked_by: Mapped[Person | None] = relationship(foreign_keys=revoked_by_pk)
    bounced: Mapped[RefusedAddress | None] = relationship(  # as it was when it was asked for
        primaryjoin=lambda: foreign(Invitation.email) == RefusedAddress.email, viewonly=True
    )

    @property
    def state(self) -> str:
        """waiting, accepted, declined, revoked or expired."""
        for moment, state in ((self.accepted_at, ACCEPTED), (self.revoked_at, REVOKED), (self.declined_at, DECLINED)):
            if moment is not None:
                return state
        return EXPIRED if self.expires_at <= now() else WAITING


class InvitationLink(Created, Base):
    """Every link that was mailed for an invitation, as a hash: one that has run out still knows which mailbox it was for."""

    __tablename__ = "invitation_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    invitation_pk: Mapped[int] = mapped_column(ForeignKey("invitation.pk"), index=True)


class Pin(Base):
    """What is under "Start here" on a workspace's home, in order: a topic, a file, or the workspace's plan."""

    __tablename__ = "pin"
    __table_args__ = (Index("ix_pin_thing", "kind", "thing"),)

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # 'topic', 'file' or PLAN
    thing: Mapped[str] = mapped_column(String(22), primary_key=True)  # its id; the plan's is that of the workspace
    position: Mapped[int]


ONE_VISIT = timedelta(minutes=30)  # who comes back within it has not been away


class Visit(Base):
    """When a person was last in a workspace, for "Since you were here": the visit before this one, and this one."""

    __tablename__ = "visit"

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    before: Mapped[datetime | None]
    last: Mapped[datetime]


class Pause(Identified, Created, Base):
    """Somebody reads here and does not write until a day; they are told by whom and why."""

    __tablename__ = "pause"
    __kind__ = "pause"
    __table_args__ = (Index("ix_pause_person", "person_pk", "workspace_pk"),)

    workspace_pk: Mapped[int] = mapped_column(ForeignKey("workspace.pk"), index=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(300))
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=person_pk)
    by: Mapped[Person] = relationship(foreign_keys=by_pk)
