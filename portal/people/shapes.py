"""People as JSON: what everybody in the room may know, what colleagues know, what one knows of oneself."""

from typing import Any

from portal.kernel.clock import rfc3339
from portal.people.models import Person


def named(of: Person) -> dict[str, Any]:
    """Who did something, beside the thing."""
    return {"id": of.id, "name": of.name}


def person(of: Person) -> dict[str, Any]:
    """Whoever meets them may know this."""
    return named(of) | {"title": of.title, "side": "staff" if of.is_staff else "client", "gone": of.gone}


def colleague(of: Person) -> dict[str, Any]:
    """What the staff know of each other."""
    return person(of) | {
        "email": of.email,
        "phone": of.phone,
        "roles": of.roles,
        "manager": of.manager.id if of.manager else None,
        "suspended_at": rfc3339(of.suspended_at) if of.suspended_at else None,
    }


def oneself(of: Person) -> dict[str, Any]:
    return person(of) | {"email": of.email, "phone": of.phone, "timezone": of.timezone, "language": of.language}
