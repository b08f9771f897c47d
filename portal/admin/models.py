"""What the watchman remembers."""

from datetime import datetime

from sqlalchemy import Boolean, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class Alarm(Base):
    """How a watched thing was when admins were last to be told of it. The words are the machine's own, about itself."""

    __tablename__ = "alarm"

    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    says: Mapped[str] = mapped_column(Text)
    mend: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    raised_at: Mapped[datetime | None]  # when it last turned for the worse
    untold: Mapped[bool] = mapped_column(Boolean, default=True)  # the letters have not left yet
    try_at: Mapped[datetime]  # when to try them again
