"""Told: the in-app inbox, and who wants no mail about what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Created, Identified

REASONS = ("ruling", "outcome", "report", "mention", "reply", "follow", "copy", "own")  # why somebody is told, the strongest first


class Notice(Identified, Created, Base):
    """Something that concerns a person, pointing at its source; shown only while they may read that source."""

    __tablename__ = "notice"
    __kind__ = "notice"
    __table_args__ = (UniqueConstraint("person_pk", "event_id"), Index("ix_notice_inbox", "person_pk", "done_at", "created_at"))

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    event_id: Mapped[str] = mapped_column(String(22))
    why: Mapped[str] = mapped_column(String(12))  # of REASONS
    thing: Mapped[str] = mapped_column(String(40))  # what it is grouped by: 'topic:ID'
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(22))
    read_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class MailChoice(Base):
    """A person's choice against mail: about everything ('*'), or one thing ('topic:ID', 'workspace:ID')."""

    __tablename__ = "mail_choice"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(40), primary_key=True)
    stopped_at: Mapped[datetime]
