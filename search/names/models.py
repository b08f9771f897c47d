"""The names and words that the company knows its trade by: its products, its competitors, and words that say what a message is."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person

PRODUCT, COMPETITOR, WORD = "product", "competitor", "word"
KINDS = (PRODUCT, COMPETITOR, WORD)
STANDS = text("removed_at IS NULL")


class Name(Identified, Created, Base):
    """A product of ours, a competitor, or a word that makes a message one of a category; with whatever else it is called."""

    __tablename__ = "vendor_name"
    __kind__ = "name"
    __table_args__ = (Index("uq_vendor_name_now", "key", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),)

    kind: Mapped[str] = mapped_column(String(10))  # of KINDS
    name: Mapped[str] = mapped_column(String(50))
    key: Mapped[str] = mapped_column(String(120))  # what names are compared by
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    category: Mapped[str] = mapped_column(String(20), default="")  # of a word: what it makes a message
    exact: Mapped[bool] = mapped_column(Boolean, default=False)  # only in these large and small letters, where it is an ordinary word too
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))  # who wrote it down or changed it last
    changed_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]

    by: Mapped[Person | None] = relationship()

    @property
    def said(self) -> list[str]:
        """Everything that it is called."""
        return [self.name, *self.aliases]

    @property
    def path(self) -> str:
        return f"/names/{self.id}"
