"""What messages are taken to be."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.db import Base
from portal.people.models import Person


class Label(Base):
    """That a message is of a category, or by a person's word is not.

    It rests on the sentence from `start` to `end`, in characters of the message; where somebody said it of the whole, both are 0.
    The machine's own go and come with the message's words; a person's stay.
    """

    __tablename__ = "label"
    __table_args__ = (Index("ix_label_category", "category", "kind", "thing"),)

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)  # 'post' or 'note'
    thing: Mapped[str] = mapped_column(String(22), primary_key=True)  # its id
    category: Mapped[str] = mapped_column(String(20), primary_key=True)
    start: Mapped[int] = mapped_column(default=0)
    end: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(String(60))  # a cue's name, "words" or "lesson"; "person" where by_pk says who
    sure: Mapped[float]  # 0 to 1
    due: Mapped[date | None]  # of a commitment that names a day, meant as of the day of its message, where its author is
    denied: Mapped[bool] = mapped_column(default=False)  # a person's "it is not"
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)

    by: Mapped[Person | None] = relationship()
