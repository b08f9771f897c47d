"""How often the API may be asked: so many times a minute with one token or from one browser, twice that by one person.

Counted before a transaction opens; a person's several tokens together as soon as it is known whose they are. A page asks the API a few
times a minute, so that people at a browser never meet this.
"""

import hashlib
import math
import time
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from portal.kernel.actor import Actor
from portal.kernel.errors import TooMany
from portal.kernel.words import gettext as _
from portal.web.throttle import in_redis

log = structlog.get_logger(__name__)
LARGE = 1 << 20  # bytes of a body that takes its time by itself: a file, or a piece of one
TOGETHER = 2  # times as often by all tokens of a person


def set_up(app: Flask, redis_url: str, a_minute: int) -> None:
    """`a_minute` 0: as often as one likes. Counts are kept in memory, or in Redis where several processes must agree."""
    app.extensions["allowance"] = limiter(redis_url), a_minute

    @app.after_request
    def tell(response: Response) -> Response:
        """What is left of it, as draft-ietf-httpapi-ratelimit-headers has it."""
        if (left := g.get("allowance")) is not None:
            response.headers["RateLimit-Policy"] = f'"token";q={app.extensions["allowance"][1]};w=60'
            response.headers["RateLimit"] = f'"token";r={left[0]};t={left[1]}'
        return response


def limiter(redis_url: str) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(in_redis(redis_url) if redis_url else MemoryStorage())


def count_credential() -> None:
    """Count this request by its token, its browser or its address. Raises TooMany."""
    if _counts():
        g.allowance = _count(_credential(), 1)


def count_person(actor: Actor) -> None:
    """Count it by the person behind it, once. Raises TooMany."""
    if _counts() and actor.person and not g.get("counted"):
        g.counted = True
        _count(f"person {actor.pk}", TOGETHER)


def _counts() -> bool:
    a_minute = current_app.extensions["allowance"][1]
    pays = (request.content_length or 0) >= LARGE
    return request.path.startswith("/api/v1/") and not pays and a_minute > 0 and current_app.config.get("THROTTLE", True)


def _credential() -> str:
    secret = request.headers.get("Authorization") or cookie.get("_user_id")
    return f"of {hashlib.sha256(secret.encode(errors='replace')).hexdigest()[:32]}" if secret else f"from {request.remote_addr}"


def _count(key: str, times: int) -> tuple[int, int] | None:
    """(requests left, seconds until it is whole again); None where nobody can count: who waits for Redis answers nobody."""
    counter, a_minute = current_app.extensions["allowance"]
    limit = RateLimitItemPerMinute(a_minute * times)
    try:
        allowed = counter.hit(limit, "api", key)
        stats: Any = counter.get_window_stats(limit, "api", key)
    except StorageError as error:
        log.warning("allowance.uncounted", error=str(error)[:200])
        return None
    wait = max(1, math.ceil(stats.reset_time - time.time()))
    if not allowed:
        g.allowance = 0, wait
        raise TooMany(_("That was often. Try again in %(n)s seconds.", n=wait), wait)
    return stats.remaining, wait
