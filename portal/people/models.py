"""People: the vendor's staff and the clients' people; how they sign in; who reports to whom."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base, Created, Identified

REP, MANAGER, ADMIN = "rep", "manager", "admin"
ROLES = (REP, MANAGER, ADMIN)


class Person(Identified, Created, Base):
    """Somebody with a mailbox. Staff work at the vendor; everybody else is a client."""

    __tablename__ = "person"
    __kind__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")  # role at work, as they say it
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_staff: Mapped[bool] = mapped_column(Boolean, default=False)
    is_rep: Mapped[bool] = mapped_column(Boolean, default=False)
    is_manager: Mapped[bool] = mapped_column(Boolean, default=False)
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    manager_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"))
    account_pk: Mapped[int | None] = mapped_column(ForeignKey("account.pk"), index=True)  # a client's company
    timezone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    theme: Mapped[str] = mapped_column(String(5), default="")  # '' follows the system, 'light', 'dark'
    keys: Mapped[bool] = mapped_column(Boolean, default=True)  # single-key shortcuts
    present: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())  # others see when they are here, and write
    password_hash: Mapped[str | None] = mapped_column(String(200))
    suspended_at: Mapped[datetime | None]
    # Named as the author of what was imported, and never been here: suspended from the start, until they come by an invitation.
    imported: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    manager: Mapped["Person | None"] = relationship(remote_side="Person.pk")

    @property
    def roles(self) -> list[str]:
        """Staff roles, of ROLES; empty for clients."""
        return [role for role in ROLES if getattr(self, f"is_{role}")]

    @property
    def gone(self) -> bool:
        """Whether this person has left; their name and words stay."""
        return self.suspended_at is not None and not self.imported

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]


class Reporting(Base):
    """Who holds what a member of staff holds: themselves and every manager above. Derived from `manager_pk` in one place."""

    __tablename__ = "reporting"
    __table_args__ = (Index("ix_reporting_holder", "holder_pk", "person_pk"),)

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)
    holder_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), primary_key=True)


class SignIn(Identified, Created, Base):
    """A signed-in browser: a server-side session, listed to its person and revocable. The token is kept as a hash."""

    __tablename__ = "sign_in"
    __kind__ = "sign_in"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(200), default="")  # what the browser said of itself
    address: Mapped[str] = mapped_column(String(45), default="")
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class SignInLink(Identified, Created, Base):
    """A way in by e-mail: a link for the browser that asked, or a six-digit code typed there. Works once."""

    __tablename__ = "sign_in_link"

    person_pk: Mapped[int | None] = mapped_column(ForeignKey("person.pk"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(64), default="")  # hash of the asking browser's cookie; '' is any browser
    tries: Mapped[int] = mapped_column(default=0)  # wrong codes so far
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Token(Identified, Created, Base):
    """An API token: shown once, kept as a hash; the owner's rights now, within its scopes."""

    __tablename__ = "token"
    __kind__ = "token"

    person_pk: Mapped[int] = mapped_column(ForeignKey("person.pk"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    used_at: Mapped[datetime | None]  # the last use, within five minutes
    expires_at: Mapped[datetime | None]  # None: until it is revoked
    revoked_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Installation(Base):
    """The vendor's own choices, asked at /setup: one row."""

    __tablename__ = "installation"
    __kind__ = "installation"

    pk: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(22))
    name: Mapped[str] = mapped_column(String(80), default="Mainstay")
    timezone: Mapped[str] = mapped_column(String(40), default="UTC")
    language: Mapped[str] = mapped_column(String(10), default="en")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    contact: Mapped[str] = mapped_column(String(254), default="")  # whom a visitor may write to
    audience_pk: Mapped[int] = mapped_column(ForeignKey("audience.pk"))  # of what concerns all staff
    set_up_at: Mapped[datetime | None]


def name_of(email: str) -> str:
    """The name of somebody who has not said it: their mailbox, as people write names."""
    mailbox = email.partition("@")[0].partition("+")[0]
    return " ".join(part.capitalize() for part in mailbox.replace(".", " ").replace("_", " ").split())[:120] or email[:120]
