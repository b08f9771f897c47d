"""The pages of what is captured: for an account its address, drop, what is held and what came; for a workspace its address; each letter
as it came."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from flask import Blueprint, render_template, request
from werkzeug import Response

from portal.accounts.models import Account
from portal.accounts.sources import account_path
from portal.accounts.views.pages import head
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.house import House
from portal.kernel.policy import may
from portal.kernel.schemas import clean
from portal.kernel.storage import Stored
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.render import zone
from portal.web.unit import house
from workspaces.capture import actions, queries, reading
from workspaces.capture.actions import Arrival
from workspaces.capture.meetings import text_of
from workspaces.capture.models import DROP, Captured
from workspaces.capture.policy import May
from workspaces.capture.slots import is_on, written
from workspaces.forums.importing.parsing import Parsed, Unreadable, parsed
from workspaces.rooms.models import Workspace
from workspaces.rooms.queries import shell

pages = Blueprint("capture", __name__)
MOST_FILES = 20
CHUNK = 2**16
SHOWN = 200_000  # characters of an original on its page
READ = 50_000_000  # bytes of one that are read for that
Received = list[tuple[str, Stored]]


def receive(house: House, asked: Any) -> Received:
    """The files of the form, in storage."""
    coming = [file for file in asked.files.getlist("files") if file.filename and hasattr(file.stream, "settle")][: MOST_FILES + 1]
    return [(" ".join(clean(file.filename).split())[-200:], file.stream.settle()) for file in coming]


@pages.get("/accounts/<ref:account>/capture")
@guarded(account=May.CAPTURE_FOR)
def show(actor: Actor, account: Account) -> str:
    return _page(actor, account)


@pages.post("/accounts/<ref:account>/capture")
@guarded(account=May.CAPTURE_FOR, before=receive, limits=("120/hour",))
def drop(actor: Actor, account: Account, received: Received) -> Response | tuple[str, int]:
    try:
        arrivals = _arrivals(received)
        for arrival in arrivals:
            actions.drop(actor, account, arrival=arrival)
    except Invalid as wrong:
        return _page(actor, account, wrong), 422
    said = ngettext("%(num)d file is being read.", "%(num)d files are being read.", len(arrivals))
    return back_to(f"{account_path(account)}/capture", said)


@pages.post("/accounts/<ref:account>/capture/address")
@guarded(account=May.CAPTURE_FOR, limits=("30/hour",))
def make_address(actor: Actor, account: Account) -> Response:
    actions.make_address(actor, account)
    return back_to(f"{account_path(account)}/capture", _("This is the address from now on."))


@pages.get("/w/<ref:workspace>/capture")
@guarded(workspace=May.CAPTURE_INTO)
def show_workspace(actor: Actor, workspace: Workspace) -> str:
    return render_template("capture/workspace.html", **shell(actor, workspace, "settings"), **_common(actor, workspace))


@pages.post("/w/<ref:workspace>/capture/address")
@guarded(workspace=May.CAPTURE_INTO, limits=("30/hour",))
def make_workspace_address(actor: Actor, workspace: Workspace) -> Response:
    actions.make_workspace_address(actor, workspace)
    return back_to(f"{workspace.path}capture", _("This is the address from now on."))


@pages.get("/captured/<ref:captured>")
@guarded(captured=May.READ_CAPTURED)
def show_original(actor: Actor, captured: Captured) -> str:
    mail, text = _read(captured)
    return render_template(
        "capture/original.html",
        captured=captured,
        mail=mail,
        text=text[:SHOWN],
        cut=len(text) > SHOWN,
        back=_back(captured),
        may_decide=may(actor, May.DECIDE_CAPTURED, captured),
    )


@pages.get("/captured/<ref:captured>/content")
@guarded(captured=May.READ_CAPTURED)
def download(actor: Actor, captured: Captured) -> Response:
    """As bytes to keep, never to be shown by a browser."""
    if not captured.sha256:
        raise NotFound
    answer = Response(_bytes(house().storage.open(captured.sha256)), mimetype="application/octet-stream", direct_passthrough=True)
    answer.content_length = captured.size
    end = reading.ending(captured.name) if captured.way == DROP else ".eml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{captured.id}{end}"'
    return answer


@pages.post("/captured/<ref:captured>/let-in")
@guarded(captured=May.DECIDE_CAPTURED)
def let_in(actor: Actor, captured: Captured) -> Response:
    actions.let_in(actor, captured)
    return back_to(_back(captured), _("Let in. It is on the trail in a moment."))


@pages.post("/captured/<ref:captured>/refuse")
@guarded(captured=May.DECIDE_CAPTURED)
def refuse(actor: Actor, captured: Captured) -> Response:
    actions.turn_away(actor, captured)
    return back_to(_back(captured), _("Refused, and what it said is forgotten."))


def _bytes(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _arrivals(received: Received) -> list[Arrival]:
    """What the form brings. Raises Invalid."""
    if not received:
        raise Invalid(("files", _("Choose a file.")))
    if len(received) > MOST_FILES:
        raise Invalid(("files", _("Choose at most %(n)s files at a time.", n=MOST_FILES)))
    strange = [name for name, stored in received if not reading.ending(name)]
    if strange:
        raise Invalid(("files", _("“%(name)s” is no letter, transcript or invitation. Files belong into a workspace.", name=strange[0])))
    if any(not stored.size for _name, stored in received):
        raise Invalid(("files", _("Choose a file that is not empty.")))
    at = _when(request.form.get("at", ""))
    return [Arrival(name, stored.sha256, stored.size, stored.sha256, stored.sha256, at=at) for name, stored in received]


def _when(told: str) -> datetime | None:
    if not told.strip():
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise Invalid(("at", _("Write a day and a time."))) from None
    at = at if at.tzinfo else at.replace(tzinfo=zone())
    if at > now():
        raise Invalid(("at", _("This is still to come. Write when it happened.")))
    return at


def _page(actor: Actor, account: Account, wrong: Invalid | None = None) -> str:
    told = {"errors": errors_of(wrong), "told": request.form, **_common(actor, account)}
    return render_template("capture/account.html", **head(actor, account, "capture"), **told)


def _common(actor: Actor, where: Account | Workspace) -> dict[str, Any]:
    address = queries.address_of(actor, where)
    return {
        "is_on": is_on(),
        "address": written(address.local if address is not None else ""),
        "held": queries.held_at(actor, where),
        "lately": queries.lately_at(actor, where),
    }


def _back(captured: Captured) -> str:
    if captured.account is not None:
        return f"{account_path(captured.account)}/capture"
    return f"{captured.workspace.path}capture" if captured.workspace is not None else "/accounts"


def _read(captured: Captured) -> tuple[Parsed | None, str]:
    """The letter, or the words of anything else; nothing of what was refused or is too large."""
    if not captured.sha256 or captured.size > READ:
        return None, ""
    with house().storage.open(captured.sha256) as file:
        raw = file.read(READ)
    end = reading.ending(captured.name) if captured.way == DROP else ".eml"
    try:
        mail = parsed(raw) if end == ".eml" else None
    except Unreadable:
        mail = None
    return mail, mail.body if mail is not None else text_of(raw[: 2 * SHOWN])
