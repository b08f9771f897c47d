"""One line in the log for each request, by its route: addresses may hold secrets. Every line about a request carries its id."""

import re
import time

import structlog
from flask import Flask, Response, g, request

from portal.kernel.ids import new_id

log = structlog.get_logger(__name__)
GIVEN = re.compile(r"[0-9A-Za-z_\-]{1,64}")
QUIET = frozenset({"static_file", "health.healthz", "health.readyz"})


def set_up(app: Flask) -> None:
    """Give each request an id, answer with it as X-Request-Id, and log how the request went."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        g.request_id = _given(int(app.extensions["house"].settings.trusted_proxies)) or new_id()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        tell = log.debug if request.endpoint in QUIET else log.info
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        app.extensions["metrics"].note(request.method, str(request.url_rule or "none"), response.status_code, seconds)
        tell(
            "request",
            method=request.method,
            route=str(request.url_rule or "none"),
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            person=g.get("person_id"),  # the row may be out of reach, after a write that failed
        )
        return response


def _given(proxies: int) -> str:
    """The id that a trusted proxy gave the request."""
    told = request.headers.get("X-Request-Id", "")
    return told if proxies and GIVEN.fullmatch(told) else ""
