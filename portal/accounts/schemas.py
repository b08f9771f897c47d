"""Shape and bounds of what is said about accounts, contacts and notes."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator
from typing_extensions import TypedDict

from portal.accounts.models import BUYING_ROLES
from portal.kernel.schemas import Schema, line, mailbox, text
from portal.kernel.shapes import means
from portal.kernel.words import gettext as _

DOMAIN = re.compile(r"(?=.{3,120}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62}))+")
SITE = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d{1,5})?(?:/[^\s\"'<>]*)?", re.IGNORECASE)
Role = Literal["initiates", "uses", "advises", "decides", "approves", "pays"]
NoteKind = Literal["call", "meeting", "email", "other"]


def _moment(value: Any) -> Any:
    """RFC 3339, or what a date-time field of a form sends; without a zone it is UTC."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_("Write a date such as 2026-11-19.")) from None
    if not 1900 <= moment.year <= 2200:
        raise ValueError(_("Write a date such as 2026-11-19."))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def domains(names: list[str]) -> list[str]:
    """Lower case, each once. Raises ValueError for what is no mail domain."""
    told = [name.strip().lower().removeprefix("@") for name in names]
    if wrong := [name for name in told if not DOMAIN.fullmatch(name)]:
        raise ValueError(_("“%(what)s” is not a mail domain. Write it like calder.example.", what=wrong[0][:60]))
    return sorted(set(told))


Tag = line(40, 1)
Tags = Annotated[list[Tag], Field(max_length=30)]
Domains = Annotated[list[line(120, 1)], Field(max_length=30)]  # type: ignore[misc]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class AccountFields(Schema):
    """What can be said of an account; what is not sent takes its default, or on a change stays as it is."""

    industry: line(80) = ""
    region: line(80) = ""
    size: line(40) = ""
    website: line(200) = ""
    lead_source: line(80) = ""
    rating: line(20) = ""
    about: line(500) = ""
    domains: Domains = []
    tags: Tags = []
    aliases: Annotated[list[line(120, 1)], Field(max_length=30)] = []

    @field_validator("domains")
    @classmethod
    def _domains(cls, value: list[str]) -> list[str]:
        return domains(value)

    @field_validator("tags")
    @classmethod
    def _tags(cls, value: list[str]) -> list[str]:
        return sorted(set(value))

    @field_validator("website")
    @classmethod
    def _website(cls, value: str) -> str:
        if value and not re.match(r"https?://", value):
            value = f"https://{value}"
        if value and not SITE.fullmatch(value):
            raise ValueError(_("Write an address such as https://calder.example."))
        return value


class NewAccount(AccountFields):
    """An account to be opened."""

    name: line(120, 1)
    owner: line(254) = ""  # person id or e-mail; empty is whoever opens it


class AccountChange(AccountFields):
    """Only what is sent changes."""

    name: line(120, 1) = ""
    owner: line(254, 1) = ""
    reason: line(300) = ""


class NewContact(Schema):
    """A person at an account."""

    name: line(120, 1)
    email: mailbox() | None = None
    title: line(120) = ""
    phone: line(40) = ""
    buying_roles: Annotated[list[Role], Field(max_length=len(BUYING_ROLES))] = []
    tags: Tags = []

    @field_validator("tags")
    @classmethod
    def _tags(cls, value: list[str]) -> list[str]:
        return sorted(set(value))


class ContactChange(NewContact):
    """Only what is sent changes. `account` is the id of the account that they have moved to."""

    name: line(120, 1) = ""
    account: line(22, 1) = ""


class Merging(Schema):
    """`other` is the id of who is the same person."""

    other: line(22, 1)


class AccountsAsked(TypedDict, total=False):
    """Which accounts."""

    q: Annotated[str, means("Words of the name, industry, tags, domains or owner.")]
    tag: Annotated[str, means("One of its tags.")]
    owner: Annotated[str, means("The id or address of who looks after it.")]


class StandingAsked(TypedDict, total=False):
    """An account as it stood."""

    as_of: Annotated[str, means("As it stood then: a day, which means its end in UTC, or a moment.")]
    known_at: Annotated[str, means("As we knew it then.")]


class NewNote(Schema):
    """What happened, and when."""

    body: text(20000, 1)
    kind: NoteKind = "call"
    at: Moment | None = None


class NoteChange(Schema):
    """Only what is sent changes."""

    body: text(20000, 1) = ""
    kind: NoteKind = "call"
    at: Moment | None = None


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(_("Write a date such as 2026-11-19.")) from None


Day = Annotated[date, BeforeValidator(_day)]


class NamingDeputy(Schema):
    """Who acts for the owner (person id or e-mail), from the beginning of one day to the end of another."""

    person: line(254, 1)
    begins: Day
    until: Day


class KeepingApart(Schema):
    """`other` is the id of the account that this one is kept apart from."""

    other: line(22)  # one that is none is refused in words of its own
    reason: line(300) = ""


class Giving(Schema):
    """Who looks after an account from now on."""

    to: line(254, 1)
    reason: line(300) = ""
