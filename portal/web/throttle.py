"""Throttling of what can be guessed or flooded: sign-in, codes, invitations. Counted by address, and by the mailbox named."""

import math
import time
from typing import Any

from flask import Request, current_app
from limits import parse_many
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter


def set_up(app: Any, redis_url: str) -> None:
    """Counts are kept in memory, or in Redis where several processes must agree."""
    app.extensions["throttle"] = MovingWindowRateLimiter(storage_from_string(redis_url or "memory://"))


def too_many(limits: tuple[str, ...], request: Request) -> int:
    """Count this request; the seconds to wait if it is one too many, else 0.

    A limit counts by the caller's address and by the mailbox named; one that begins with "address" or "mailbox" by that alone,
    as many people may sit behind one address.
    """
    if not current_app.config.get("THROTTLE", True) or request.method in ("GET", "HEAD"):
        return 0
    limiter = current_app.extensions["throttle"]
    named = (request.form.get("email") or "").strip().lower()
    keys = {"address": f"from {request.remote_addr}", "mailbox": named and f"for {named[:254]}"}
    for told in limits:
        by, _space, rate = told.partition(" ") if told.startswith(("address ", "mailbox ")) else ("", "", told)
        for limit in parse_many(rate):
            for key in filter(None, (keys[by],) if by else keys.values()):
                if not limiter.hit(limit, request.endpoint, key):
                    return max(1, math.ceil(limiter.get_window_stats(limit, request.endpoint, key).reset_time - time.time()))
    return 0
