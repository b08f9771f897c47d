"""What the database remembers of the index."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class IndexState(Base):
    """The generation that the last checkpoint forced to the disk. An index that has less, or lies in another place, is
    an old copy, as after a change of engines and back, and is built anew."""

    __tablename__ = "index_state"

    pk: Mapped[int] = mapped_column(primary_key=True)
    durable: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(String(255), default="", server_default="")
