"""Whether it lives, and whether it can serve. For load balancers and watchdogs: nothing in it is anybody's secret."""

import os
import shutil
from collections.abc import Iterator

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from portal.kernel import migrations
from portal.kernel.actor import Actor
from portal.kernel.house import House
from portal.web.endpoint import public
from portal.web.unit import house

pages = Blueprint("health", __name__)
LEAST_ROOM = 64 * 2**20  # bytes


@pages.get("/healthz")
@public("says that the process answers, nothing else")
def healthz(actor: Actor) -> Response:
    return jsonify(alive=True)


@pages.get("/readyz")
@public("says whether it can serve, in words without names or numbers of anybody's")
def readyz(actor: Actor) -> tuple[Response, int]:
    reasons = list(obstacles(house()))
    return jsonify(ready=not reasons, reasons=reasons), 503 if reasons else 200


def obstacles(house: House) -> Iterator[str]:
    """What keeps this installation from serving, one sentence each."""
    try:
        at = migrations.revision(house.db)
        if at != migrations.head():
            yield "The database is not at this program's revision."
    except SQLAlchemyError:
        yield "The database cannot be reached."
    for folder in (house.settings.blobs_dir, house.settings.uploads_dir):
        if not os.access(folder, os.W_OK):
            yield "Files cannot be stored: the data directory is not writable."
            break
    if shutil.disk_usage(house.settings.data_dir).free < LEAST_ROOM:
        yield "There is no room left on the disk."
