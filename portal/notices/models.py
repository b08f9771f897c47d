"""Told: the in-app inbox, how much each person wants to hear and where, who wants no mail about what, and digests."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base, Created, Identified

# Why somebody is told, the strongest first.
REASONS = (
    "ruling",
    "outcome",
    "report",
    "held",
    "mention",
    "reply",
    "asked",
    "meet",
    "entry",
    "follow",
    "copy",
    "own",
    "team",
    "plan",
    "news",
)

ALL, MINE, MENTIONS, MUTED = "all", "mine", "mentions", "muted"  # how much: everything, what concerns me, what is addressed to me, nothing
NOW, TOGETHER, HERE = "now", "digest", "here"  # where: inbox and a mail at once, inbox and the digest, inbox alone
DIGEST, QUIET = "digest", "quiet"  # kinds of letters that sum up: the one of the chosen hour, and what waited for quiet hours to end

UNDO = timedelta(seconds=10)  # a mail waits until what caused it can no longer be undone
APART = timedelta(minutes=2)  # at most one mail of one conversation to one person in this time


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
    """A person's choice against mail: about everything ('*'), digests ('digest'), or one thing ('topic:ID', 'workspace:ID')."""

    __tablename__ = "mail_choice"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(40), primary_key=True)
    stopped_at: Mapped[datetime]


class Level(Base):
    """How much a person wants to hear of one place, said there: 'topic:ID', 'workspace:ID'. The narrower place counts."""

    __tablename__ = "notice_level"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)
    level: Mapped[str] = mapped_column(String(8))  # ALL, MENTIONS or MUTED


class Wishes(Base):
    """What a person wants to hear where nothing was said about the place, where it goes, and when. No row: the defaults."""

    __tablename__ = "notice_wishes"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    level: Mapped[str] = mapped_column(String(8), default=MINE)
    addressed: Mapped[str] = mapped_column(String(8), default=NOW)  # mentions, answers, first questions
    followed: Mapped[str] = mapped_column(String(8), default=NOW)
    plan: Mapped[str] = mapped_column(String(8), default=NOW)
    every: Mapped[str] = mapped_column(String(4), default="day")  # a digest: 'day' or 'week'
    weekday: Mapped[int] = mapped_column(default=0)  # of the weekly one; 0 is Monday
    hour: Mapped[int] = mapped_column(default=8)
    quiet_from: Mapped[int | None]  # hours; both or neither
    quiet_to: Mapped[int | None]
    quiet_days: Mapped[str] = mapped_column(String(7), default="")  # days that are quiet throughout: '56' is the weekend


class Digest(Base):
    """A letter that sums up, due at a moment: one row each, so that it is written once however often its sending is begun."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("person_pk", "kind", "due_at"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    kind: Mapped[str] = mapped_column(String(6))
    since: Mapped[datetime]  # of the first notice that it was planned for
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
