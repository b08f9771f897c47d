"""Addresses from which calendar programs read what was agreed."""

from sqlalchemy import Boolean, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified
from portal.people.models import Person


class CalendarFeed(Identified, Created, Base):
    """One person's address; another one has another id. The secret in it is made of that id (`addresses`), so that none is kept."""

    __tablename__ = "calendar_feed"
    __kind__ = "calendar_feed"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), unique=True)
    whole: Mapped[bool] = mapped_column(Boolean, default=False)  # all of the plans, not one's own steps and the milestones alone

    person: Mapped[Person] = relationship()
