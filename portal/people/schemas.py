"""Shape and bounds of what is told about people, sign-ins, tokens and the installation."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, StringConstraints

from portal.kernel.schemas import Schema, line, mailbox
from portal.kernel.words import gettext as _

Secret = Annotated[str, StringConstraints(max_length=1000)]  # as typed; the rules are in passwords.py
Role = Literal["rep", "manager", "admin"]
Scope = Literal["read", "write", "admin"]
Language = Literal["en", "de"]  # as portal.kernel.words has them


def _zone(value: str) -> str:
    if value and value not in available_timezones():
        raise ValueError(_("Choose a time zone of the list, such as Europe/Berlin."))
    return value


Zone = Annotated[line(40), AfterValidator(_zone)]


class Asking(Schema):
    """Somebody who wants in."""

    email: mailbox()
    next: line(500) = ""


class ByPassword(Asking):
    """Somebody who knows a password."""

    password: Secret


class Code(Schema):
    """Six digits as they are in the mail; spaces do no harm."""

    code: line(20, 1)


class Setup(Schema):
    """The first admin, and whose installation this is."""

    vendor: line(80, 1)
    timezone: Zone = "UTC"
    language: Language = "en"
    name: line(120, 1)
    email: mailbox()
    password: Secret


class Profile(Schema):
    """What a person says of themselves."""

    name: line(120, 1)
    title: line(120) = ""
    phone: line(40) = ""
    timezone: Zone = ""
    language: Language | Literal[""] = ""


class Appearance(Schema):
    theme: Literal["", "light", "dark"] = ""


class NewPassword(Schema):
    """A password to be set; `current` where there is one already."""

    current: Secret = ""
    password: Secret
    others: bool = False  # sign out everywhere else


class NewToken(Schema):
    """An API token to be made; it lasts so many days, or until it is revoked."""

    name: line(80, 1)
    scope: Scope = "read"
    days: Literal["", "30", "90", "365"] = "90"


class NewStaff(Schema):
    """A new member of staff; `manager` is the id of a person."""

    email: mailbox()
    name: line(120, 1)
    title: line(120) = ""
    roles: list[Role] = ["rep"]
    manager: line(22) | None = None  # id of a person


class StaffForm(Schema):
    """A member of staff as the form has them: all of it each time."""

    name: line(120, 1)
    title: line(120) = ""
    roles: list[Role] = []
    manager: line(22) | None = None


class StaffChange(Schema):
    """What may change of a member of staff; what is not sent stays."""

    name: line(120, 1) | None = None
    title: line(120) | None = None
    roles: list[Role] | None = None
    manager: line(22) | None = None


class VendorSettings(Schema):
    """The vendor's own choices."""

    name: line(80, 1)
    contact: mailbox() | None = None
    timezone: Zone = "UTC"
    language: Language = "en"
    currency: Annotated[line(3), StringConstraints(pattern="^[A-Z]{3}$")] = "EUR"
