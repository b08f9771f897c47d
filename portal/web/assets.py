"""Static files under hashed names, cacheable for ever."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

from portal.web.endpoint import public

ROOT = Path(__file__).parent.parent.parent / "static" / "dist"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The URL of a file in static/dist; changes when the file does."""
    return f"/static/{_digest(name)}/{name}"


def set_up(app: Flask) -> None:
    """Serve static/dist."""

    @app.get("/static/<digest>/<path:name>", endpoint="static_file")
    @public("the same for everybody, and holds nothing of anybody")
    def static_file(actor: object, digest: str, name: str) -> Response:
        response = send_from_directory(ROOT, name, max_age=31536000)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
