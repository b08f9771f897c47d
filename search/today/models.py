"""What somebody has put off."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base

TOPIC, STEP = "topic", "plan_item"  # kinds of what can be put off


class Snooze(Base):
    """That a person does not want to see something among what waits for them until a moment. A new message brings a question back."""

    __tablename__ = "snooze"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    thing: Mapped[str] = mapped_column(String(22), primary_key=True)  # its id
    at: Mapped[datetime]
    until: Mapped[datetime]
