"""Clients who may be named to others: what they have said to it, and the talks they were asked for."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account, Contact
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person

OFTEN, EACH, NO = TERMS = ("often", "each", "no")  # yes, up to so many a quarter; yes, ask me each time; no
WILLING = (OFTEN, EACH)
ASKED, AGREED, DECLINED, INTRODUCED, WITHDRAWN = STATES = ("asked", "agreed", "declined", "introduced", "withdrawn")


class Reference(Identified, Created, Base):
    """Whether a client would talk with other companies about what they have from us: as somebody of this account, by their own word,
    until they say otherwise. `asked_at` is when one of ours last asked them to."""

    __tablename__ = "reference"
    __kind__ = "reference"
    __table_args__ = (UniqueConstraint("person_pk", "account_pk"),)

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    terms: Mapped[str] = mapped_column(String(5), default="")  # of TERMS; empty: nothing said yet
    most: Mapped[int | None]  # requests in a quarter, where it is OFTEN
    words: Mapped[str] = mapped_column(Text, default="")  # what they would talk about
    said_at: Mapped[datetime | None]
    asked_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    asked_at: Mapped[datetime | None]
    asked_words: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship(foreign_keys=person_pk)
    account: Mapped[Account] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=asked_by_pk)

    @property
    def waits(self) -> bool:
        """Whether they were asked and have not answered."""
        return self.asked_at is not None and (self.said_at is None or self.said_at < self.asked_at)


class ReferenceRequest(Identified, Created, Base):
    """Whether a reference would talk with somebody of another account, who is told of it only once they said yes and were introduced."""

    __tablename__ = "reference_request"
    __kind__ = "reference_request"
    __table_args__ = (Index("ix_reference_request_account", "account_pk", "reference_pk"),)

    reference_pk: Mapped[int] = mapped_column(ForeignKey("reference.pk"), index=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"))  # for which somebody seeks a reference
    contact_pk: Mapped[int] = mapped_column(ForeignKey("contact.pk"), index=True)  # who would talk with them
    asked_by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    words: Mapped[str] = mapped_column(Text)
    agrees: Mapped[bool | None]
    answered_at: Mapped[datetime | None]
    introduced_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    reference: Mapped[Reference] = relationship()
    account: Mapped[Account] = relationship()
    contact: Mapped[Contact] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=asked_by_pk)

    @property
    def state(self) -> str:
        """asked, agreed, declined, introduced or withdrawn."""
        if self.introduced_at is not None:
            return INTRODUCED
        if self.withdrawn_at is not None:
            return WITHDRAWN
        return ASKED if self.agrees is None else AGREED if self.agrees else DECLINED

    @property
    def path(self) -> str:
        return f"/references/{self.id}"
