"""Somebody who asks to be let into a workspace, or is proposed by a colleague who is in it."""

from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from workspaces.rooms.models import Workspace

WAITING, ACCEPTED, DECLINED = STATES = ("waiting", "accepted", "declined")
LASTS = timedelta(days=30)


class EntryRequest(Identified, Created, Base):
    """What somebody wrote who would like to come in, or a colleague of theirs. Which workspace is meant is found later by the worker:
    whoever asks from outside must not learn from the answer, or from how long it takes, what there is."""

    __tablename__ = "entry_request"
    __kind__ = "entry_request"
    __table_args__ = (Index("ix_entry_request_workspace", "workspace_pk", "email"),)

    workspace_pk: Mapped[int | None] = mapped_column(ForeignKey("workspace.pk"))  # none until the worker has looked
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"))  # the company they would come for, where it is known
    proposed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"), index=True)  # none: asked from outside
    at: Mapped[str] = mapped_column(String(500), default="")  # the address they were given, as they wrote it
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    told_by: Mapped[str] = mapped_column(String(120), default="")  # who told them, as they wrote it
    words: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    answered_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    answer: Mapped[str] = mapped_column(Text, default="")  # why not
    never: Mapped[bool] = mapped_column(Boolean, default=False)  # nothing from this address is shown in this workspace again

    workspace: Mapped[Workspace] = relationship()
    account: Mapped[Account | None] = relationship()
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=proposed_by_pk)
    answered_by: Mapped[Person | None] = relationship(foreign_keys=answered_by_pk)

    @property
    def state(self) -> str:
        """waiting, accepted or declined."""
        if self.accepted_at is not None:
            return ACCEPTED
        return DECLINED if self.declined_at is not None else WAITING

    @property
    def path(self) -> str:
        return f"{self.workspace.path}requests/{self.id}"
