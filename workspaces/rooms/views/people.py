"""The people of a workspace: both sides, who is invited, and what may be done about it."""

from datetime import datetime, timedelta
from typing import Any

from flask import redirect, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.clock import now, rfc3339
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.mail import refusals
from portal.people.queries import vendor
from portal.web.endpoint import guarded
from portal.web.pages import back_to
from portal.web.render import day
from portal.web.tables import as_table
from workspaces.rooms import actions
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people, shell
from workspaces.rooms.schemas import BeingSeen, Ending, MemberChange, Pausing
from workspaces.rooms.views.pages import pages

USUAL_PAUSE = timedelta(days=7)


@pages.get("/w/<ref:workspace>/people")
@guarded(workspace=May.SEE_PEOPLE)
def show_people(actor: Actor, workspace: Workspace) -> str | Response:
    if request.args.get("format") == "csv":
        return _as_table(actor, workspace)
    return people_page(actor, workspace)


def _as_table(actor: Actor, workspace: Workspace) -> Response:
    """Who is here, without addresses, as on the page."""
    ours = vendor(actor).name
    everyone = people.everyone(actor, workspace, people.groups(actor, workspace))
    companies = {one.person.pk: one.company or (ours if one.person.is_staff else "") for one in everyone}
    rows = (
        [one.person.name, companies[one.person.pk], one.person.title, one.part, rfc3339(one.since) if one.since else ""] for one in everyone
    )
    return as_table(f"{workspace.title} people", ["name", "company", "title", "part", "since"], rows)


@pages.post("/w/<ref:workspace>/seen-by-others")
@guarded(workspace=May.BE_SEEN)
def let_be_seen(actor: Actor, workspace: Workspace) -> Response:
    told = read_form(BeingSeen, request.form)
    actions.let_be_seen(actor, workspace, shown=told.shown)
    words = _("The other companies see who you are.") if told.shown else _("The other companies do not see who you are.")
    where = workspace.path if request.form.get("from") == "home" else f"{workspace.path}people#seen"
    return back_to(where, words, undo=f"{workspace.path}seen-by-others", fields={"shown": "no" if told.shown else "yes"})


@pages.post("/w/<ref:workspace>/people/<ref:person>/role")
@guarded(workspace=May.RUN_WORKSPACE)
def change_role(actor: Actor, workspace: Workspace, person: str) -> Response | tuple[str, int]:
    someone = people.member(actor, workspace, person)
    try:
        wanted = read_form(MemberChange, request.form)
        if wanted.role is not None:
            actions.change_role(actor, workspace, person=someone, role=wanted.role)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong)
    return redirect(f"{workspace.path}people#p-{someone.id}", 303)


@pages.post("/w/<ref:workspace>/people/<ref:person>/remove")
@guarded(workspace=May.RUN_WORKSPACE)
def remove_member(actor: Actor, workspace: Workspace, person: str) -> Response | tuple[str, int]:
    someone = people.member(actor, workspace, person)
    try:
        actions.remove_member(actor, workspace, person=someone)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong)
    return back_to(
        f"{workspace.path}people",
        _("%(name)s has no access any more.", name=someone.name),
        undo=f"{workspace.path}people/{someone.id}/restore",
    )


@pages.post("/w/<ref:workspace>/people/<ref:person>/restore")
@guarded(workspace=May.RUN_WORKSPACE)
def restore_member(actor: Actor, workspace: Workspace, person: str) -> Response | tuple[str, int]:
    someone = people.past_member(actor, workspace, person)
    try:
        actions.restore_member(actor, workspace, person=someone)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong)
    return back_to(f"{workspace.path}people", _("%(name)s is back.", name=someone.name))


@pages.post("/w/<ref:workspace>/people/<ref:person>/pause")
@guarded(workspace=May.MODERATE)
def pause_person(actor: Actor, workspace: Workspace, person: str) -> Response | tuple[str, int]:
    someone = people.member(actor, workspace, person)
    try:
        told = read_form(Pausing, request.form)
        actions.pause_person(actor, workspace, person=someone, until=told.until, reason=told.reason)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong, told=request.form, paused_form=person)
    return back_to(
        f"{workspace.path}people", _("%(name)s is paused.", name=someone.name), undo=f"{workspace.path}people/{someone.id}/unpause"
    )


@pages.post("/w/<ref:workspace>/people/<ref:person>/unpause")
@guarded(workspace=May.MODERATE)
def end_pause(actor: Actor, workspace: Workspace, person: str) -> Response:
    someone = people.member(actor, workspace, person)
    actions.end_pause(actor, workspace, person=someone)
    return back_to(f"{workspace.path}people", _("%(name)s may write again.", name=someone.name))


@pages.post("/w/<ref:workspace>/people/<ref:person>/until")
@guarded(workspace=May.RUN_WORKSPACE)
def set_end(actor: Actor, workspace: Workspace, person: str) -> Response | tuple[str, int]:
    """A last day, so many days more, or no end any more."""
    someone = people.member(actor, workspace, person)
    try:
        told = read_form(Ending, request.form)
        ends_at = actions.end_of(actor, told.last_day) if told.last_day else None
        if told.days:
            mine = people.memberships(actor, workspace, [someone])[someone.pk]
            ends_at = (mine.ends_at or now()) + timedelta(days=told.days)
        actions.set_end(actor, workspace, person=someone, ends_at=ends_at)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong, told=request.form, ending_form=person)
    words = _("%(name)s stays until %(day)s.", name=someone.name, day=day(last_moment(ends_at))) if ends_at else ""
    return back_to(f"{workspace.path}people#p-{someone.id}", words or _("%(name)s stays without an end.", name=someone.name))


def last_moment(ends_at: datetime) -> datetime:
    """The last second of a membership: its day is the one that is named."""
    return ends_at - timedelta(seconds=1)


@pages.post("/w/<ref:workspace>/leave")
@guarded(workspace=May.LEAVE)
def leave(actor: Actor, workspace: Workspace) -> Response | tuple[str, int]:
    try:
        actions.leave_workspace(actor, workspace)
    except Invalid as wrong:
        return _refused(actor, workspace, wrong)
    return back_to("/w/", _("You have left “%(title)s”.", title=workspace.title))


def people_page(
    actor: Actor, workspace: Workspace, told: dict[str, Any] | None = None, errors: list[Any] | None = None, **more: Any
) -> str:
    """The page, with what was typed into the invitation and what is wrong with it."""
    frame = shell(actor, workspace, "people")
    groups = people.groups(actor, workspace)
    everyone = people.everyone(actor, workspace, groups)
    sides: dict[str, list[people.Someone]] = {}
    for one in everyone:
        if not one.person.is_staff:
            sides.setdefault(one.company or "", []).append(one)
    mine = next((one for one in everyone if one.person.pk == actor.pk), None)
    shown: dict[str, Any] = {
        "unseen": max(0, frame["sides"].ours + sum(count for _name, count in frame["sides"].theirs) - len(everyone)),
        "mine": mine if workspace.is_community and not actor.is_staff else None,
        "ours": [one for one in everyone if one.person.is_staff],
        "theirs": sides,
        "invited": people.invited(actor, workspace) if "invite" in frame["may_words"] else [],
        "group_list": groups,
        "paused_people": {one.person.pk: one.pause for one in everyone if one.pause and "moderate" in frame["may_words"]},
        "usual_pause": (now() + USUAL_PAUSE).date().isoformat(),
        "member_here": mine is not None and mine.is_member,
        "company_options": [(account.id, account.name) for account in workspace.accounts] if actor.is_staff else [],
        "own_domain": "" if actor.is_staff else actor.person.email.rpartition("@")[2],
    }
    shown["ends"] = {one.person.pk: last_moment(one.ends_at) for one in everyone if one.ends_at and _may_know_end(actor, one, frame)}
    back = [one.bounced for one in everyone] if actor.is_staff and "run" in frame["may_words"] else []
    back += [invitation.bounced for invitation in shown["invited"]]
    shown["bounced"] = {row.email: refusals.plainly(row) for row in back if row is not None}
    shown |= {"paused_form": "", "ending_form": "", "correcting": "", **more}
    return render_template("rooms/people.html", told=told or {}, errors=errors or [], **frame, **shown)


def _may_know_end(actor: Actor, one: people.Someone, frame: dict[str, Any]) -> bool:
    return "run" in frame["may_words"] or one.person.pk == actor.pk


def _refused(actor: Actor, workspace: Workspace, wrong: Invalid, **more: Any) -> tuple[str, int]:
    actor.session.rollback()
    if not actor.person:
        raise Forbidden
    return people_page(actor, workspace, errors=[{"field": "", "message": words} for _field, words in wrong.errors], **more), 422
