"""Edits that do not overwrite each other: what the API shows carries an ETag, and a change may say by If-Match which one it is of."""

import hashlib
from typing import Any

from flask import Response, current_app, make_response, request
from flask.globals import request_ctx
from werkzeug.exceptions import MethodNotAllowed

from portal.kernel.actor import Actor
from portal.kernel.errors import Stale
from portal.web.endpoint import guard_of, loaded


def tagged(response: Response) -> Response:
    """The answer with the ETag of the thing that it shows."""
    if request.path.startswith("/api/") and response.status_code == 200 and response.mimetype == "application/json":
        response.set_etag(_tag(response))
    return response


def refuse_stale(actor: Actor) -> None:
    """Raise Stale where If-Match names another state than the thing is in now, as this person sees it. Within the transaction of
    the change, so that of two who saw the same only one comes through."""
    if "If-Match" not in request.headers or request.method not in ("PATCH", "PUT", "DELETE"):
        return
    try:
        endpoint, arguments = request_ctx.url_adapter.match(method="GET")  # type: ignore[union-attr]
    except MethodNotAllowed:
        return
    guard = guard_of(current_app, endpoint)
    if guard is None:
        return
    view: Any = current_app.view_functions[endpoint]
    shown = make_response(view.__wrapped__(actor, **loaded(actor, guard, dict(arguments))))
    if not request.if_match.contains(_tag(shown)):
        raise Stale


def _tag(response: Response) -> str:
    return hashlib.sha256(response.get_data()).hexdigest()[:32]
