"""The secret of an address: nobody can make one without our key, and the database alone does not hold it."""

import hashlib

from itsdangerous import BadSignature, Signer

from portal.kernel.ids import is_id


def token(secret: str, feed_id: str) -> str:
    """What stands in the address."""
    return _signer(secret).sign(feed_id).decode()


def feed_of(secret: str, told: str) -> str | None:
    """The id in an address of ours; None for any other."""
    try:
        id = _signer(secret).unsign(told).decode()
    except (BadSignature, UnicodeError):
        return None
    return id if is_id(id) else None


def path(secret: str, feed_id: str) -> str:
    """Where a program reads it."""
    return f"/calendar/{token(secret, feed_id)}.ics"


def _signer(secret: str) -> Signer:
    return Signer(secret, salt="calendar", digest_method=hashlib.sha256)
