"""Reporting a message; the queue; what became of it, for who reported it and for who wrote it."""

from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.policy import fetch, may
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.notices.actions import read_thing
from portal.web.endpoint import guarded, own
from portal.web.pages import back_to, errors_of
from workspaces.forums.models import Post, Topic
from workspaces.forums.policy import May as Forums
from workspaces.forums.queries.messages import message_of
from workspaces.forums.views.frame import framed, post_path
from workspaces.moderation import actions, queries, wording
from workspaces.moderation.models import ACTS, Flag, Ruling
from workspaces.moderation.policy import May
from workspaces.moderation.schemas import Deciding, Report
from workspaces.moderation.views.pages import pages
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May as Rooms

REPORT = "/w/<ref:workspace>/discussions/<ref:topic>/posts/<ref:post>/report"
USUAL_PAUSE = timedelta(days=7)


@pages.get(REPORT)
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.READ_TOPIC, post=May.REPORT_POST)
def ask_report(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> str:
    return _report_page(actor, post)


@pages.post(REPORT)
@guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.READ_TOPIC, post=May.REPORT_POST)
def report(actor: Actor, workspace: Workspace, topic: Topic, post: Post) -> Any:
    try:
        told = read_form(Report, request.form)
    except Invalid as wrong:
        return _report_page(actor, post, wrong), 422
    actions.report_post(actor, post, reason=told.reason)
    return back_to(post.path, _("Thank you. The moderators will look at it, and you hear what they decide."))


@pages.get("/moderation")
@own("the reports of the rooms that one moderates")
def show_queue(actor: Actor) -> str:
    return queue(actor)


@pages.get("/flags/<ref:flag>")
@guarded(flag=May.READ_FLAG)
def show_flag(actor: Actor, flag: Flag) -> Any:
    """For moderators its place in the queue; for who sent it what became of it."""
    if flag.ruling_pk is None and may(actor, May.RESOLVE_FLAG, flag):
        return redirect(f"/moderation#m-{flag.post.id}", 303)
    return render_template("moderation/flag.html", flag=flag, outcome=wording.to_reporter(flag))


@pages.post("/flags/<ref:flag>/resolve")
@guarded(flag=May.RESOLVE_FLAG)
def resolve(actor: Actor, flag: Flag) -> Any:
    try:
        told = read_form(Deciding, request.form)
        ruling = actions.resolve_flag(actor, flag, action=told.action, reason=told.reason, until=told.until)
    except Invalid as wrong:
        actor.session.rollback()
        return queue(actor, typed=request.form, at=flag.post.id, wrong=wrong), 422
    read_thing(actor, thing=f"moderation:{flag.workspace.id}")
    return back_to("/moderation", wording.done(ruling.action) + ".", undo=f"{ruling.path}/undo")


@pages.get("/rulings/<ref:ruling>")
@guarded(ruling=May.READ_RULING)
def show_ruling(actor: Actor, ruling: Ruling) -> str:
    may_edit = may(actor, Forums.EDIT_POST, ruling.post)
    mine = ruling.post.author_pk == actor.pk
    says = may(actor, Forums.READ_WORDS, ruling.post)
    shown = {"mine": mine, "said": wording.to_author(ruling) if mine else wording.done(ruling.action) + ".", "says": says}
    edit = f"{post_path(ruling.post)}/edit" if may_edit else None
    return render_template("moderation/ruling.html", ruling=ruling, edit=edit, **shown)


@pages.post("/rulings/<ref:ruling>/undo")
@guarded(ruling=May.UNDO_RULING)
def undo(actor: Actor, ruling: Ruling) -> Any:
    actions.undo_ruling(actor, ruling)
    return back_to("/moderation", _("Taken back. It waits for a look again."))


def _report_page(actor: Actor, post: Post, wrong: Invalid | None = None) -> str:
    around = framed(actor, post.topic, post=post, m=message_of(actor, post, says=True), errors=errors_of(wrong))
    return render_template("moderation/report.html", typed=request.form.get("reason", ""), **around)


def queue(actor: Actor, *, typed: Any = None, at: str = "", wrong: Invalid | None = None) -> str:
    """`at` is the id of the message, or of what waits to be one, whose form comes back with `typed`, and what is wrong with it."""
    rooms = queries.rooms_moderated(actor)
    workspace = _chosen(actor, request.args.get("workspace", ""))
    show = "done" if request.args.get("show") == "done" else "waiting"
    return render_template(
        "moderation/queue.html",
        rooms=rooms,
        chosen=workspace,
        show=show,
        count=queries.count_waiting(actor, workspace),
        cases=queries.waiting(actor, workspace) if show == "waiting" else [],
        rulings=queries.decided(actor, workspace) if show == "done" else [],
        held=queries.held_waiting(actor, workspace) if show == "waiting" else queries.held_decided(actor, workspace),
        ended=wording.ended,
        names=lambda post: queries.names_reporters(actor, post),
        done=wording.done,
        acts=ACTS,
        usual=(now() + USUAL_PAUSE).date().isoformat(),
        typed=typed or {},
        at=at,
        errors=errors_of(wrong),
    )


def _chosen(actor: Actor, id: str) -> Workspace | None:
    if not id:
        return None
    try:
        found: Workspace = fetch(actor, Rooms.MODERATE, id)
    except NotFound:
        return None
    return found
