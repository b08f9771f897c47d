"""Addresses that mail servers have refused for good."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base


class RefusedAddress(Base):
    """Nothing more is sent there until it is corrected, somebody has it tried again, or its owner asks for a letter."""

    __tablename__ = "refused_address"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(20))  # 550 5.1.1
    said: Mapped[str] = mapped_column(Text)  # in the server's own words
