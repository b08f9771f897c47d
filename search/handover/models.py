"""Handovers: what somebody held goes to a successor, and can come back within 30 days."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account
from portal.kernel.clock import now
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person

PROPOSED, DONE, DECLINED, REVERSED = STATES = ("proposed", "done", "declined", "reversed")
REVERSIBLE = timedelta(days=30)

# What one step of a handover moved. Each is taken back in its own way (actions/taking_back.py).
ACCESS, ACCOUNT, TEAM, DEPUTY, ROOM, STEPS, FOLLOWS, DRAFTS = ("access", "account", "team", "deputy", "room", "steps", "follows", "drafts")


class Handover(Identified, Created, Base):
    """From whom to whom. Without chosen accounts it is about all that they hold. Until it is done it waits for who may decide."""

    __tablename__ = "handover"
    __kind__ = "handover"
    __table_args__ = (Index("ix_handover_to", "to_pk", "done_at"),)

    from_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    to_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))  # who proposed or did it; none: at the operator's shell
    chosen: Mapped[list[str]] = mapped_column(default=list)  # ids of accounts; none: everything
    announce: Mapped[bool] = mapped_column(Boolean, default=False)  # their clients are told
    leaves: Mapped[bool] = mapped_column(Boolean, default=False)  # their access ends with it
    decided_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    done_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    reversed_at: Mapped[datetime | None]
    reversed_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    leaver: Mapped[Person] = relationship(foreign_keys=from_pk)
    successor: Mapped[Person] = relationship(foreign_keys=to_pk)
    by: Mapped[Person | None] = relationship(foreign_keys=by_pk)
    items: Mapped[list["HandoverItem"]] = relationship(order_by="HandoverItem.pk", back_populates="handover")

    @property
    def state(self) -> str:
        if self.reversed_at is not None:
            return REVERSED
        if self.done_at is not None:
            return DONE
        return DECLINED if self.declined_at is not None else PROPOSED

    @property
    def until(self) -> datetime | None:
        """Until when it can be taken back."""
        return self.done_at + REVERSIBLE if self.done_at is not None and self.reversed_at is None else None

    @property
    def reversible(self) -> bool:
        return self.until is not None and self.until > now()

    @property
    def path(self) -> str:
        return f"/handovers/{self.id}"


class HandoverItem(Base):
    """One thing that a handover moved, with what is needed to move it back: ids, never words."""

    __tablename__ = "handover_item"

    pk: Mapped[int] = mapped_column(primary_key=True)
    handover_pk: Mapped[int] = mapped_column(ForeignKey("handover.pk"), index=True)
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    thing: Mapped[str] = mapped_column(String(22), default="")  # of a workspace its id
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    left: Mapped[str] = mapped_column(String(20), default="")  # why it was not handed over, or not given back: of wording.LEFT

    handover: Mapped[Handover] = relationship(back_populates="items")
    account: Mapped[Account | None] = relationship()

    @property
    def number(self) -> int:
        """How many things it is about."""
        return len(self.facts["ids"]) if "ids" in self.facts else 1
