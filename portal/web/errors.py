"""What was refused, as a page, a fragment or RFC 9457 problem+json. Nothing here tells whether a private thing exists."""

import json
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, Response, g, redirect, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from portal.kernel import errors
from portal.kernel.actor import Actor
from portal.kernel.ids import new_id
from portal.kernel.words import gettext as _
from portal.web.pages import wants_fragment

log = structlog.get_logger(__name__)
MOST_TAKEN = 9_000_000  # bytes; a browser's piece of a file is 8 MiB
STATUS: dict[type[errors.Refused], int] = {
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Misplaced: 409,
    errors.Gone: 410,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.Invalid: 422,
    errors.Held: 423,
    errors.TooMany: 429,
    errors.Damaged: 460,
    errors.Busy: 503,
    errors.Unsure: 503,
}


def wants_json() -> bool:
    return request.path.startswith("/api/")


def _asks_by_itself() -> bool:
    """Whether a page that is open asks, not the person: a whole page in answer would be no use to it, and the sign-in page's new session
    would end the form that the person has open in another tab."""
    return wants_fragment() or request.headers.get("Sec-Fetch-Dest", "document") == "empty"


def set_up(app: Flask) -> None:
    """Turn every error into an answer with words and a way on."""
    app.register_error_handler(errors.Refused, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(DBAPIError, _of_the_database)
    app.register_error_handler(TimeoutError, _database)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_take_the_rest)


def _refused(error: errors.Refused) -> Any:
    status = STATUS[type(error)]
    if status in (401, 403, 404, 429):
        _log_denied(status)
    if status == 401 and not wants_json() and request.method == "GET" and not _asks_by_itself() and "Authorization" not in request.headers:
        return redirect("/sign-in?next=" + quote(request.full_path.rstrip("?")), 303)
    response = answer(status, error.words, getattr(error, "errors", []))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.seconds)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if error.response is not None or status < 400:
        return error
    response = answer(status, "")
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _take_the_rest(response: Response) -> Response:
    """What is refused before it was read is read all the same where it is not much: who closes a connection on somebody who still sends
    takes back the answer, too, and a proxy then says that the program is away (RFC 9112, 9.6)."""
    if response.status_code in (409, 413, 423) and (request.content_length or 0) <= MOST_TAKEN:
        rest, taken = request.environ["wsgi.input"], 0
        while taken < MOST_TAKEN and (piece := rest.read(1 << 16)):
            taken += len(piece)
    return response


def _database(error: Exception) -> Any:
    log.error("database.unavailable", route=str(request.url_rule), error=str(error)[:300])
    response = answer(503, _("Nothing was saved: the database cannot be written at the moment. Try again in a few seconds."))
    response.headers["Retry-After"] = "5"
    return response


def _of_the_database(error: DBAPIError) -> Any:
    """A connection that broke, or a primary that has become a standby, passes; everything else is our fault."""
    read_only = getattr(error.orig, "sqlstate", None) == "25006"
    return _database(error) if error.connection_invalidated or read_only else _unexpected(error)


def _unexpected(error: Exception) -> Any:
    reference = new_id()[:8]
    log.exception("request.failed", route=str(request.url_rule), reference=reference, exc_info=error)
    return answer(500, _("Reference %(reference)s", reference=reference))


def answer(status: int, detail: str, fields: list[tuple[str, str]] | None = None) -> Response:
    """The error as the caller reads it best: JSON under /api, a fragment for htmx, else a whole page."""
    title, words = _words(status)
    listed = [{"field": field, "message": message} for field, message in fields or []]
    if wants_json():
        problem: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail or words}
        if status == 422:
            problem["errors"] = listed
        return Response(json.dumps(problem), status, content_type="application/problem+json")
    # Whoever asked, the page is the same: what a page shows of a person would need the database that may just be away.
    g.actor = Actor(None)  # type: ignore[arg-type]
    template = "errors/fragment.html" if _asks_by_itself() else "errors/page.html"
    return Response(render_template(template, status=status, title=title, detail=detail or words, errors=listed), status)


def _words(status: int) -> tuple[str, str]:
    said = {
        400: (_("This request was not understood"), _("Go back, reload the page and try again.")),
        401: (_("Sign in to go on"), _("This needs a person who is signed in.")),
        403: (_("This is not yours to do"), _("Ask the people who look after this workspace.")),
        404: (_("Page not found"), _("It is not here, or it is not meant for this sign-in.")),
        405: (_("This cannot be done here"), _("The address exists, but it does not answer to that.")),
        409: (_("This does not fit what is there"), _("Look how it stands now, and go on from there.")),
        410: (_("This was here and is gone"), _("Ask the person who sent you the link for a new one.")),
        412: (_("Somebody changed this meanwhile"), _("Reload to see what it is now, then make your change again.")),
        413: (_("That is too large"), _("Make it smaller or send a part of it.")),
        415: (_("This kind of content is not read here"), _("Send JSON with the content type application/json.")),
        422: (_("There is a problem"), _("Look at what is marked, mend it and send it again.")),
        423: (_("Something else is at it"), _("Wait a few seconds and try again.")),
        429: (_("That was too often"), _("Wait a little and try again.")),
        460: (_("What came is not what was sent"), _("Send this piece again.")),
        503: (_("Not available at the moment"), _("Nothing was lost. Try again in a few seconds.")),
        507: (_("There is no room left"), _("Nothing was saved. The people who run this have to make room.")),
    }
    went_wrong = _("Something went wrong on our side"), _("What you wrote is kept on this device. Try again in a moment.")
    return said.get(status, went_wrong if status >= 500 else (_("This did not work"), _("Go back and try again.")))


def _log_denied(status: int) -> None:
    log.info(
        "denied",
        status=status,
        method=request.method,
        route=str(request.url_rule or "none"),
        address=request.remote_addr,
        person=g.get("person_id"),
    )
