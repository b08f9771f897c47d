"""What messages and notes speak of."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Account, Contact, Note
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person
from search.names.models import Name
from workspaces.forums.models import Post

ACCOUNT, CONTACT, PRODUCT, QUANTITY, AMOUNT = "account", "contact", "product", "quantity", "amount"
WHATS = (ACCOUNT, CONTACT, PRODUCT, QUANTITY, AMOUNT)


class Link(Identified, Created, Base):
    """That a message or note speaks of something, and the words it rests on: from `start` to `end`, in characters of it.

    Links come and go with the words; one that a person has cut stays cut, so that it is not found again.
    """

    __tablename__ = "message_link"
    __kind__ = "link"
    __table_args__ = (Index("ix_message_link_of", "what", "value"),)

    post_pk: Mapped[int | None] = mapped_column(ForeignKey("post.pk"), index=True)  # one of these two
    note_pk: Mapped[int | None] = mapped_column(ForeignKey("note.pk"), index=True)
    what: Mapped[str] = mapped_column(String(10))  # of WHATS
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"), index=True)  # of these three the one that it is
    contact_pk: Mapped[int | None] = mapped_column(ForeignKey("contact.pk"), index=True)
    name_pk: Mapped[int | None] = mapped_column(ForeignKey("vendor_name.pk"), index=True)
    value: Mapped[str] = mapped_column(String(60), default="")  # "12500 EUR", "50 seats"
    start: Mapped[int]
    end: Mapped[int]
    cut_at: Mapped[datetime | None]
    cut_by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))

    post: Mapped[Post | None] = relationship()
    note: Mapped[Note | None] = relationship()
    account: Mapped[Account | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    name: Mapped[Name | None] = relationship()
    cut_by: Mapped[Person | None] = relationship()

    @property
    def target(self) -> tuple[str, int, str]:
        """What it is of: the same thing is linked once in a message."""
        return self.what, self.account_pk or self.contact_pk or self.name_pk or 0, self.value
