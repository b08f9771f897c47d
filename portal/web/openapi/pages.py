"""`/api/v1/openapi.json` and `/api/docs`: the same for everybody."""

import hashlib
import json
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request

from portal.kernel.actor import Actor
from portal.web.api import resource
from portal.web.described import described
from portal.web.endpoint import public
from portal.web.openapi.document import document

api = resource("description", "This description")
pages = Blueprint("description", __name__)


@api.get("/openapi.json")
@described("This description", gives=dict[str, Any])
@public("the same for everybody, and holds nothing of anybody")
def openapi(actor: Actor) -> Response:
    """As OpenAPI 3.1."""
    kept: Response = _kept(current_app)
    return kept


@pages.get("/api/docs")
@public("the same for everybody, and holds nothing of anybody")
def docs(actor: Actor) -> str:
    return render_template("description/docs.html")


def _kept(app: Flask) -> Any:
    """Made when first asked for; from then on out of memory."""
    if "openapi" not in app.extensions:
        told = json.dumps(document(app), ensure_ascii=False).encode()
        app.extensions["openapi"] = told, hashlib.sha256(told).hexdigest()[:32]
    told, tag = app.extensions["openapi"]
    response = Response(told, content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(tag)
    return response.make_conditional(request)
