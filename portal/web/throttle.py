"""Throttling of what can be guessed or flooded: sign-in, codes, invitations. Counted by address, and by the mailbox named."""

import math
import time
from typing import Any

import structlog
from flask import Request, current_app
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

PAUSE = 5.0  # seconds that a Redis which failed is not asked again
log = structlog.get_logger(__name__)


class Counts:
    """Counts are kept in memory, or in Redis where several processes must agree. While Redis is away each process counts for itself:
    some more may pass, but nobody is locked out, and nothing is unlimited."""

    def __init__(self, redis_url: str) -> None:
        self.own = MovingWindowRateLimiter(MemoryStorage())
        self.shared: MovingWindowRateLimiter | None = None
        self.again_at = 0.0
        if redis_url:
            self.shared = MovingWindowRateLimiter(in_redis(redis_url))

    def wait(self, limit: RateLimitItem, *names: str) -> int:
        """Count one more; the seconds to wait if it is one too many, else 0."""
        if self.shared is not None and time.monotonic() >= self.again_at:
            try:
                return _wait(self.shared, limit, *names)
            except StorageError as error:
                self.again_at = time.monotonic() + PAUSE
                log.warning("throttle.redis_away", error=str(error))
        return _wait(self.own, limit, *names)


def in_redis(url: str) -> Any:
    """A storage of counts that raises StorageError within a second where Redis does not answer."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    patience: Any = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 0)}
    return storage_from_string(url.replace("unix://", "redis+unix://", 1), wrap_exceptions=True, **patience)


def set_up(app: Any, redis_url: str) -> None:
    app.extensions["throttle"] = Counts(redis_url)


def too_many(limits: tuple[str, ...], request: Request) -> int:
    """Count this request; the seconds to wait if it is one too many, else 0.

    A limit counts by the caller's address and by the mailbox named; one that begins with "address" or "mailbox" by that alone,
    as many people may sit behind one address.
    """
    if not current_app.config.get("THROTTLE", True) or request.method in ("GET", "HEAD"):
        return 0
    counts: Counts = current_app.extensions["throttle"]
    named = (request.form.get("email") or "").strip().lower()
    keys = {"address": f"from {request.remote_addr}", "mailbox": named and f"for {named[:254]}"}
    for told in limits:
        by, _space, rate = told.partition(" ") if told.startswith(("address ", "mailbox ")) else ("", "", told)
        for limit in parse_many(rate):
            for key in filter(None, (keys[by],) if by else keys.values()):
                if seconds := counts.wait(limit, request.endpoint or "", key):
                    return seconds
    return 0


def _wait(limiter: MovingWindowRateLimiter, limit: RateLimitItem, *names: str) -> int:
    if limiter.hit(limit, *names):
        return 0
    return max(1, math.ceil(limiter.get_window_stats(limit, *names).reset_time - time.time()))
