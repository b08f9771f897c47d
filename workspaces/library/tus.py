"""Uploads that go on where they broke off: tus 1.0.0 with creation, termination, checksum and expiration. https://tus.io/protocols/resumable-upload"""

import base64
import binascii

from flask import Response, abort, request
from werkzeug.http import http_date

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound, TooLarge
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.api import answer, resource
from portal.web.described import described
from portal.web.endpoint import guarded, own, public
from portal.web.unit import house
from workspaces.library import actions, pieces
from workspaces.library.models import Upload
from workspaces.library.policy import May
from workspaces.library.receiving import take
from workspaces.library.schemas import Uploading
from workspaces.library.shapes import UploadJson, upload_json

VERSION = "1.0.0"
EXTENSIONS = "creation,termination,checksum,expiration"
api = resource("uploads", "Uploads")


@api.before_request
def _refuse_other_versions() -> None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable", VERSION) != VERSION:
        abort(412)


@api.after_request
def _tell_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    if request.method == "OPTIONS" or response.status_code == 412:
        response.headers["Tus-Version"] = VERSION
    return response


@api.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@described("What of tus is spoken here")
@public("says what the program can, of nobody and nothing")
def tell_abilities(actor: Actor) -> Response:
    told = {"Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(house().settings.max_upload)}
    return Response(status=204, headers=told | {"Tus-Checksum-Algorithm": ",".join(pieces.CHECKSUMS)})


@api.post("/uploads")
@described("Begin an upload", makes=UploadJson, also=(400, 403, 404, 412, 413))
@own("uploads that the person began; the folder or file is fetched by the verb it needs")
def begin_upload(actor: Actor) -> Response:
    """Headers as tus has them: `Upload-Length` in bytes; `Upload-Metadata` with `folder` (its id) and `filename`, or `file` (its id) for a
    new version, and what a form may say: `note`, `same`."""
    size = _length()
    told = read_form(Uploading, _metadata())
    upload = actions.begin_upload(actor, told=told, size=size)
    if size == 0:
        actions.finish_upload(actor, upload, received=take(house().storage, upload.name, [], 0))
    made = _standing(upload, answer(upload_json(upload), 201))
    made.headers["Location"] = f"/api/v1/uploads/{upload.id}"
    return made


@api.get("/uploads/<upload>")
@described("How far an upload has come", gives=UploadJson, also=(412,))
@guarded(upload=May.CONTINUE_UPLOAD)
def show_upload(actor: Actor, upload: Upload) -> Response:
    if upload.file_pk is None and not pieces.stands(house(), upload):
        raise NotFound
    shown = _standing(upload, answer(upload_json(upload)))
    shown.headers["Upload-Length"] = str(upload.size)
    shown.headers["Cache-Control"] = "no-store"
    return shown


@api.patch("/uploads/<upload>")
@described("Send the next piece of an upload", also=(400, 409, 412, 413, 415, 423, 460))
@guarded(upload=May.CONTINUE_UPLOAD, before=pieces.take_piece)
def go_on(actor: Actor, upload: Upload, received: pieces.Taken) -> Response:
    """The body is the bytes from `Upload-Offset` on, as application/offset+octet-stream. With the last of them the file is there."""
    if received.whole is not None:
        actions.finish_upload(actor, upload, received=received.whole)
    return _standing(upload, Response(status=204))


@api.delete("/uploads/<upload>")
@described("End an upload and forget what came of it", also=(412,))
@guarded(upload=May.CONTINUE_UPLOAD)
def end_upload(actor: Actor, upload: Upload) -> Response:
    actions.end_upload(actor, upload)
    pieces.place_of(house(), upload.id).unlink(missing_ok=True)
    return Response(status=204)


def _standing(upload: Upload, response: Response) -> Response:
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    if upload.file is not None:
        response.headers["Content-Location"] = f"/api/v1/files/{upload.file.id}"
    return response


def _length() -> int:
    told = request.headers.get("Upload-Length", "")
    if not (told.isascii() and told.isdigit()):
        abort(400)
    limit = house().settings.max_upload
    if len(told) > 18 or int(told) > limit:
        raise TooLarge(_("This is larger than the limit of %(limit)s bytes.", limit=limit))
    return int(told)


def _metadata() -> dict[str, str]:
    """`Upload-Metadata`: names, each with a value in base64, between commas."""
    found = {}
    for pair in filter(None, (each.strip() for each in request.headers.get("Upload-Metadata", "").split(","))):
        name, _space, encoded = pair.partition(" ")
        try:
            found[name] = base64.b64decode(encoded, validate=True).decode().replace("\0", "")
        except (binascii.Error, ValueError):
            abort(400)
    return found
