"""The secret of an address: nobody can make one without our key, and the database alone does not hold it."""

import hashlib
import hmac

from portal.kernel.ids import is_id

LENGTH = 40  # hex digits: 160 bits


def token(secret: str, feed_id: str) -> str:
    """What stands in the address."""
    return f"{feed_id}-{_mark(secret, feed_id)}"


def feed_of(secret: str, told: str) -> str | None:
    """The id in an address of ours; None for any other."""
    id, _dash, mark = told.partition("-")
    if not is_id(id) or not mark.isascii():
        return None
    return id if hmac.compare_digest(mark, _mark(secret, id)) else None


def address(base: str, secret: str, feed_id: str) -> str:
    """The whole address, under the one of this installation."""
    return f"{base}/calendar/{token(secret, feed_id)}.ics"


def _mark(secret: str, feed_id: str) -> str:
    return hmac.new(secret.encode(), f"calendar {feed_id}".encode(), hashlib.sha256).hexdigest()[:LENGTH]
