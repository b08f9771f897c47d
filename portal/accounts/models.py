"""Accounts: client companies, their contacts, who looks after them, and notes of what happened elsewhere."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.content import Content
from portal.kernel.db import Base, Created, Identified
from portal.kernel.history import Timed
from portal.people.models import Person

OWNER, MEMBER = "owner", "member"
BUYING_ROLES = ("initiates", "uses", "advises", "decides", "approves", "pays")
NOW = text("valid_to IS NULL AND recorded_to IS NULL")
ENDLESS = text("ended_at IS NULL")
HERE = text("removed_at IS NULL AND left_at IS NULL")


class Account(Identified, Created, Base):
    """A client company. The columns are what is so now; `AccountFact` has what was."""

    __tablename__ = "account"
    __kind__ = "account"

    name: Mapped[str] = mapped_column(String(120))
    industry: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(80), default="")
    size: Mapped[str] = mapped_column(String(40), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    lead_source: Mapped[str] = mapped_column(String(80), default="")
    rating: Mapped[str] = mapped_column(String(20), default="")
    about: Mapped[str] = mapped_column(String(500), default="")
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"))  # the account's team
    removed_at: Mapped[datetime | None]  # only an import that was taken back removes accounts

    domains: Mapped[list["AccountDomain"]] = relationship(order_by="AccountDomain.name", cascade="all, delete-orphan")
    aliases: Mapped[list["AccountName"]] = relationship(
        primaryjoin="and_(AccountName.account_pk == Account.pk, AccountName.alias)", order_by="AccountName.name", viewonly=True
    )
    tags: Mapped[list["AccountTag"]] = relationship(order_by="AccountTag.name", cascade="all, delete-orphan")


FIELDS = ("name", "industry", "region", "size", "website", "lead_source", "rating", "about")


class AccountFact(Timed, Base):
    """What a field of an account was, and when we knew: `tags` and `domains` are lists."""

    __tablename__ = "account_fact"
    __table_args__ = (Index("uq_account_fact_now", "account_pk", "field", unique=True, sqlite_where=NOW, postgresql_where=NOW),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    value: Mapped[Any] = mapped_column(JSON)


class AccountDomain(Base):
    """A mail domain of the company; one account at most has it."""

    __tablename__ = "account_domain"

    pk: Mapped[int] = mapped_column(primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class AccountName(Base):
    """What an account is called: its own name, and with `alias` what others call it. `key` is what names are compared by."""

    __tablename__ = "account_name"

    pk: Mapped[int] = mapped_column(primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(120), index=True)
    alias: Mapped[bool] = mapped_column(Boolean, default=False)


class AccountTag(Base):
    """A word that the staff sort accounts by."""

    __tablename__ = "account_tag"
    __table_args__ = (UniqueConstraint("account_pk", "name"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    name: Mapped[str] = mapped_column(String(40), index=True)


class Assignment(Timed, Base):
    """Who of the staff looks after an account: its one owner, and the members of its team."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_now", "account_pk", "person_pk", unique=True, sqlite_where=NOW, postgresql_where=NOW),
        Index("ix_assignment_person", "person_pk", "account_pk"),
    )

    pk: Mapped[int] = mapped_column(primary_key=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"))
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    role: Mapped[str] = mapped_column(String(10))  # OWNER, MEMBER

    person: Mapped[Person] = relationship()
    account: Mapped[Account] = relationship()


class Contact(Identified, Created, Base):
    """A person at an account, as the staff know them; `person` once they have signed in."""

    __tablename__ = "contact"
    __kind__ = "contact"
    __table_args__ = (Index("uq_contact_email_now", "account_pk", "email", unique=True, sqlite_where=HERE, postgresql_where=HERE),)

    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    person_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    title: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    tags: Mapped[list[str]] = mapped_column(default=list)
    left_at: Mapped[datetime | None]  # moved to another company: there they are another contact
    removed_at: Mapped[datetime | None]  # merged into another contact, or the import that brought them was taken back
    merged_pk: Mapped[int | None] = mapped_column(ForeignKey("contact.pk"), index=True)  # whom they are the same as
    merged_gave: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # what the other has from them, for taking it back

    account: Mapped[Account] = relationship()
    person: Mapped[Person | None] = relationship()
    roles: Mapped[list["ContactRole"]] = relationship()
    same_as: Mapped["Contact | None"] = relationship(remote_side="Contact.pk")

    @property
    def stands(self) -> "Contact":
        """The contact itself, or whom it was merged into."""
        return self.same_as.stands if self.same_as is not None else self


class ContactPlace(Timed, Base):
    """When a contact was at their account: from when we knew of them, until they moved to another company."""

    __tablename__ = "contact_place"

    pk: Mapped[int] = mapped_column(primary_key=True)
    contact_pk: Mapped[int] = mapped_column(ForeignKey("contact.pk"), index=True)
    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    before_pk: Mapped[int | None] = mapped_column(ForeignKey("contact.pk"))  # who they were at the company before


class ContactRole(Timed, Base):
    """The part a contact has in the purchase: one row per role of BUYING_ROLES."""

    __tablename__ = "contact_role"
    __table_args__ = (Index("uq_contact_role_now", "contact_pk", "role", unique=True, sqlite_where=NOW, postgresql_where=NOW),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    contact_pk: Mapped[int] = mapped_column(ForeignKey("contact.pk"), index=True)
    role: Mapped[str] = mapped_column(String(20))


class NotTheSame(Created, Base):
    """Two contacts, or two accounts, that look alike and are not the same: somebody has said so, and is not asked again."""

    __tablename__ = "not_the_same"
    __table_args__ = (UniqueConstraint("kind", "one_pk", "other_pk"),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # contact, account
    one_pk: Mapped[int]  # the smaller of the two
    other_pk: Mapped[int]
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))


class Deputy(Identified, Created, Base):
    """Who acts for an account's owner for a time, with their rights on it; over by itself, or earlier where `ended_at` says so."""

    __tablename__ = "deputy"
    __table_args__ = (Index("ix_deputy_person", "person_pk", "account_pk"),)

    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    owner_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    by_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    begins_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    owner: Mapped[Person] = relationship(foreign_keys=owner_pk)
    person: Mapped[Person] = relationship(foreign_keys=person_pk)

    @property
    def last_day(self) -> datetime:
        """A moment of the last day: it is over when the next begins."""
        return self.until - timedelta(hours=12)


class KeptApart(Created, Base):
    """Two companies whose people must not meet in any audience, such as rivals; until it ends."""

    __tablename__ = "kept_apart"
    __table_args__ = (Index("uq_kept_apart_now", "one_pk", "other_pk", unique=True, sqlite_where=ENDLESS, postgresql_where=ENDLESS),)

    pk: Mapped[int] = mapped_column(primary_key=True)
    one_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"))  # the smaller of the two
    other_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    by_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    ended_at: Mapped[datetime | None]

    by: Mapped[Person] = relationship()


class Note(Content, Base):
    """What happened elsewhere: a call, a meeting, a mail. Only the account's team sees it."""

    __tablename__ = "note"
    __kind__ = "note"

    account_pk: Mapped[int] = mapped_column(ForeignKey("account.pk"), index=True)
    author_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"))
    kind: Mapped[str] = mapped_column(String(10))  # call, meeting, email, other
    at: Mapped[datetime]  # when it happened
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()
    author: Mapped[Person] = relationship()
    revisions: Mapped[list["NoteRevision"]] = relationship(order_by="NoteRevision.pk")


class NoteRevision(Base):
    """What a note said, each time it was saved; `event_id` names the event whose digest is of these words."""

    __tablename__ = "note_revision"

    pk: Mapped[int] = mapped_column(primary_key=True)
    note_pk: Mapped[int] = mapped_column(ForeignKey("note.pk"), index=True)
    event_id: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime]
    body: Mapped[str] = mapped_column(Text)
