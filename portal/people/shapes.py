"""People as JSON: what everybody in the room may know, what colleagues know, what one knows of oneself."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means
from portal.people.models import Person


class NamedJson(TypedDict):
    """Who did something, beside the thing."""

    id: str
    name: str


class PersonJson(NamedJson):
    """Whoever meets them may know this."""

    title: str
    side: Literal["staff", "client"]
    gone: Annotated[bool, means("Whether they have no access any more.")]


class ColleagueJson(PersonJson):
    """What the staff know of each other."""

    email: str
    phone: str
    roles: list[str]
    manager: Annotated[str | None, means("The id of whom they report to.")]
    suspended_at: Moment | None


class OneselfJson(PersonJson):
    """What one knows of oneself."""

    email: str
    phone: str
    timezone: Annotated[str, means("Such as `Europe/Berlin`; empty for the vendor's.")]
    language: str


class UnreadJson(TypedDict):
    """What waits."""

    notifications: Annotated[int, means("Things in the inbox that are not read.")]


class MeJson(TypedDict):
    """Who is asking."""

    person: OneselfJson
    roles: list[str]
    unread: UnreadJson


def named(of: Person) -> NamedJson:
    return {"id": of.id, "name": of.name}


def person(of: Person) -> PersonJson:
    return {"id": of.id, "name": of.name, "title": of.title, "side": "staff" if of.is_staff else "client", "gone": of.gone}


def colleague(of: Person) -> ColleagueJson:
    return {
        **person(of),
        "email": of.email,
        "phone": of.phone,
        "roles": of.roles,
        "manager": of.manager.id if of.manager else None,
        "suspended_at": rfc3339(of.suspended_at) if of.suspended_at else None,
    }


def oneself(of: Person) -> OneselfJson:
    return {**person(of), "email": of.email, "phone": of.phone, "timezone": of.timezone, "language": of.language}
