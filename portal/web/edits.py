"""Edits that do not overwrite each other: what is shown carries its state, and a change says of which state it is.

The API has ETag and If-Match. A page's form carries what it was filled with (`standing`, `ui.stands`): where somebody has changed the
thing meanwhile it comes again with 412, with the words that were typed, what stands now, and the choice to save all the same.
"""

import hashlib
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Standing:
    """What a form changes as it stands now: (label, words) of each field. `changed`: it is not what the form that came was filled with."""

    lines: tuple[tuple[str, str], ...]
    changed: bool = False

    @property
    def state(self) -> str:
        return hashlib.sha256(repr([words for _label, words in self.lines]).encode()).hexdigest()[:32]


def standing(*lines: tuple[str, str | None]) -> Standing:
    """How these fields stand, for the form to carry, and whether the form that was just sent had seen it; one without a state has."""
    now = Standing(tuple((label, words or "") for label, words in lines))
    seen = request.form.get("shown") if request.method == "POST" else None
    return Standing(now.lines, changed=bool(seen) and seen != now.state)
