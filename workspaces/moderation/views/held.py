"""First messages that wait: for who wrote them, and for moderators."""

from typing import Any

from flask import render_template, request

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.policy import what_may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.web.edits import Standing, standing
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from workspaces.forums.attachments import PORT
from workspaces.moderation import actions, wording
from workspaces.moderation.models import Held, HeldFile
from workspaces.moderation.policy import May
from workspaces.moderation.schemas import DecidingHeld, HeldPatch
from workspaces.moderation.views.pages import pages
from workspaces.moderation.views.reports import queue


@pages.get("/held/<ref:held>")
@guarded(held=May.READ_HELD)
def show_held(actor: Actor, held: Held) -> str:
    return _page(actor, held)


@pages.get("/held/files/<ref:held_file>")
@guarded(held_file=May.READ_HELD_FILE)
def show_held_file(actor: Actor, held_file: HeldFile) -> Any:
    return PORT.serve(actor, held_file)


@pages.get("/held/<ref:held>/edit")
@guarded(held=May.CHANGE_HELD)
def edit_held(actor: Actor, held: Held) -> str:
    return _page(actor, held, typed={"title": held.title, "body": held.body})


@pages.post("/held/<ref:held>/edit")
@guarded(held=May.CHANGE_HELD)
def change_held(actor: Actor, held: Held) -> Any:
    if _stands(held).changed:
        return _page(actor, held, typed=request.form), 412
    try:
        told = read_form(HeldPatch, request.form)
        actions.change_held(actor, held, title=told.title, body=told.body)
    except Invalid as wrong:
        actor.session.rollback()
        return _page(actor, held, typed=request.form, wrong=wrong), 422
    return back_to(held.path, _("Saved. It waits for a look."))


@pages.post("/held/<ref:held>/withdraw")
@guarded(held=May.CHANGE_HELD)
def withdraw_held(actor: Actor, held: Held) -> Any:
    actions.withdraw_held(actor, held)
    return back_to(held.path, _("Withdrawn. Nobody else has seen it."))


@pages.post("/held/<ref:held>/resolve")
@guarded(held=May.DECIDE_HELD)
def decide_held(actor: Actor, held: Held) -> Any:
    try:
        told = read_form(DecidingHeld, request.form)
        actions.decide_held(actor, held, approve=told.action == "approve", version=told.version, reason=told.reason)
    except Invalid as wrong:
        actor.session.rollback()
        return queue(actor, typed=request.form, at=held.id, wrong=wrong), 422
    read_thing(actor, thing=f"moderation:{held.workspace.id}")
    return back_to("/moderation", wording.ended(held.outcome) + ".", undo=f"{held.path}/undo")


@pages.post("/held/<ref:held>/undo")
@guarded(held=May.UNDO_HELD)
def undo_held(actor: Actor, held: Held) -> Any:
    actions.undo_held(actor, held)
    return back_to("/moderation", _("Taken back. It waits for a look again."))


def _page(actor: Actor, held: Held, *, typed: Any = None, wrong: Invalid | None = None) -> str:
    """With `typed` the form in which its author changes it."""
    can = what_may(actor, held, {"change": May.CHANGE_HELD, "decide": May.DECIDE_HELD})
    shown = {"can": can, "mine": held.author_pk == actor.pk, "said": wording.of_held(held), "stands": _stands(held)}
    return render_template("moderation/held.html", held=held, typed=typed, errors=errors_of(wrong), **shown)


def _stands(held: Held) -> Standing:
    return standing((_("Title"), held.title), (_("Message"), held.body))
