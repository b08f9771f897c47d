"""Notes: one field, no form."""

from datetime import datetime
from typing import Any

from flask import render_template, request
from werkzeug import Response

from portal.accounts import actions
from portal.accounts.models import Account, Note
from portal.accounts.policy import May
from portal.accounts.schemas import NewNote
from portal.accounts.sources import account_path, note_path
from portal.accounts.views.pages import head, pages, typed
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.policy import may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.render import zone

FIELD_TIME = "%Y-%m-%dT%H:%M"  # what a date-time field of a form holds, in the reader's time zone


@pages.get("/accounts/<ref:account>/notes/new")
@guarded(account=May.WRITE_NOTE)
def new_note(actor: Actor, account: Account) -> str:
    told = {"kind": "call", "at": now().astimezone(zone()).strftime(FIELD_TIME)}
    return render_template("accounts/note_form.html", note=None, told=typed(told), errors=[], **head(actor, account, "note"))


@pages.post("/accounts/<ref:account>/notes/new")
@guarded(account=May.WRITE_NOTE)
def write_note(actor: Actor, account: Account) -> Response | tuple[str, int]:
    try:
        actions.write_note(actor, account, **_read())
    except Invalid as wrong:
        return _again(actor, account, None, wrong), 422
    return back_to(f"{account_path(account)}/trail", _("Noted. It is on the trail."))


@pages.get("/accounts/<ref:account>/notes/<ref:note>")
@guarded(account=May.READ_ACCOUNT, note=May.READ_NOTE)
def show_note(actor: Actor, account: Account, note: Note) -> str:
    return render_template(
        "accounts/note.html", note=note, mine=may(actor, May.CHANGE_NOTE, note), words_for=_kinds(), **head(actor, account, "note")
    )


@pages.get("/accounts/<ref:account>/notes/<ref:note>/edit")
@guarded(account=May.READ_ACCOUNT, note=May.CHANGE_NOTE)
def edit_note(actor: Actor, account: Account, note: Note) -> str:
    told = {"kind": note.kind, "at": note.at.astimezone(zone()).strftime(FIELD_TIME), "body": note.body}
    return render_template(
        "accounts/note_form.html", note=note, told=typed(told), errors=[], stands=_stands(note), **head(actor, account, "note")
    )


@pages.post("/accounts/<ref:account>/notes/<ref:note>/edit")
@guarded(account=May.READ_ACCOUNT, note=May.CHANGE_NOTE)
def save_note(actor: Actor, account: Account, note: Note) -> Response | tuple[str, int]:
    if _stands(note).changed:
        return _again(actor, account, note), 412
    try:
        told = _read()
        if told["at"] is not None and told["at"] == note.at.replace(second=0, microsecond=0):
            told["at"] = None  # the field shows minutes; not touching it changes nothing
        actions.edit_note(actor, note, **told)
    except Invalid as wrong:
        return _again(actor, account, note, wrong), 422
    return back_to(note_path(note), _("Saved. What it said before stays readable."))


@pages.post("/accounts/<ref:account>/notes/<ref:note>/remove")
@guarded(account=May.READ_ACCOUNT, note=May.CHANGE_NOTE)
def remove_note(actor: Actor, account: Account, note: Note) -> Response:
    actions.remove_note(actor, note)
    return back_to(f"{account_path(account)}/trail", _("Removed."), undo=f"{note_path(note)}/restore")


@pages.post("/accounts/<ref:account>/notes/<ref:note>/restore")
@guarded(account=May.READ_ACCOUNT, note=May.RESTORE_NOTE)
def restore_note(actor: Actor, account: Account, note: Note) -> Response:
    actions.restore_note(actor, note)
    return back_to(note_path(note), _("Back."))


def _read() -> dict[str, Any]:
    """The form; its time is in the reader's time zone. Raises Invalid."""
    told = dict(request.form)
    read = read_form(NewNote, told)
    at = read.at
    if at is not None and datetime.fromisoformat(told["at"]).tzinfo is None:
        at = at.replace(tzinfo=zone())
    return {"body": read.body, "kind": read.kind, "at": at}


def _stands(note: Note) -> Standing:
    at = note.at.astimezone(zone()).strftime("%Y-%m-%d %H:%M")
    return standing((_("What it was"), _kinds()[note.kind]), (_("When"), at), (_("What happened"), note.body))


def _again(actor: Actor, account: Account, note: Note | None, wrong: Invalid | None = None) -> str:
    """The form with what was typed, and what is wrong with it."""
    return render_template(
        "accounts/note_form.html",
        note=note,
        told=typed(request.form),
        errors=errors_of(wrong),
        stands=_stands(note) if note else None,
        **head(actor, account, "note"),
    )


def _kinds() -> dict[str, str]:
    return {"call": _("Call"), "meeting": _("Meeting"), "email": _("Mail"), "other": _("Something else")}
