"""What comes by mail or by drop: the addresses of accounts and workspaces, and each letter or file as it came."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.rooms.models import Workspace

ENDLESS = text("ended_at IS NULL")
MAIL, DROP = "mail", "drop"  # how it came
WAITING, TAKEN, HELD, REFUSED = "waiting", "taken", "held", "refused"


class CaptureAddress(Identified, Created, Base):
    """A secret address: what is sent there belongs to its account, or to its workspace. A new one ends the one before."""

    __tablename__ = "capture_address"
    __kind__ = "capture_address"
    __table_args__ = (
        Index("uq_capture_address_account", "account_pk", unique=True, sqlite_where=ENDLESS, postgresql_where=ENDLESS),
        Index("uq_capture_address_workspace", "workspace_pk", unique=True, sqlite_where=ENDLESS, postgresql_where=ENDLESS),
    )

    local: Mapped[str] = mapped_column(String(40), unique=True)  # what stands before the @
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))
    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))
    made_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    ended_at: Mapped[datetime | None]

    account: Mapped[Account | None] = relationship()
    workspace: Mapped[Workspace | None] = relationship()


class Captured(Identified, Created, Base):
    """A letter or file as it came, for one account or into one workspace; the bytes are in storage for as long as the row names them.
    What was made of it are posts and notes of their own (`CapturedThing`)."""

    __tablename__ = "captured"
    __kind__ = "captured"
    __table_args__ = (
        UniqueConstraint("place", "message_id", "digest"),
        Index("ix_captured_account", "account_pk", "pk"),
        Index("ix_captured_workspace", "workspace_pk", "pk"),
    )

    place: Mapped[str] = mapped_column(String(30))  # the id of its account or workspace, by which the same letter is known again
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))
    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"))  # the account's team, or the workspace's
    way: Mapped[str] = mapped_column(String(10))  # MAIL, DROP
    name: Mapped[str] = mapped_column(String(200))  # the subject, or the name of the file
    sender: Mapped[str] = mapped_column(String(254), default="")  # as the letter says
    proven: Mapped[str] = mapped_column(String(10), default="")  # what the mail server found of that: pass, fail, or nothing
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))  # who dropped it, or let it in
    at: Mapped[datetime | None]  # when it happened, where whoever dropped it said so
    message_id: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))  # of what it says, whatever servers on the way have added
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    reason: Mapped[str] = mapped_column(String(300), default="")  # why it is held, in English

    account: Mapped[Account | None] = relationship()
    workspace: Mapped[Workspace | None] = relationship()
    by: Mapped[Person | None] = relationship()
    things: Mapped[list["CapturedThing"]] = relationship(order_by="CapturedThing.pk")


class CapturedThing(Base):
    """A post or a note that was made of what came."""

    __tablename__ = "captured_thing"
    __table_args__ = (Index("ix_captured_thing", "kind", "thing_id"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    captured_pk: Mapped[int] = mapped_column(ForeignKey("captured.pk"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    thing_id: Mapped[str] = mapped_column(String(22))
