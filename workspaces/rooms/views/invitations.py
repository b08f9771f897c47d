"""Inviting, under People: the box of addresses, what will be mailed, withdrawing and sending again."""

from io import BytesIO
from typing import Any

from flask import redirect, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooMany
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.mail.letters import absolute
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house
from workspaces.rooms import actions
from workspaces.rooms.actions.invitations import LASTS
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.pasted import Entry, as_box, read_box, read_table
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people
from workspaces.rooms.queries.invited import faces, inside
from workspaces.rooms.schemas import AddressChange, InvitationForm
from workspaces.rooms.views import reviewing
from workspaces.rooms.views.pages import pages
from workspaces.rooms.views.people import people_page


@pages.post("/w/<ref:workspace>/invitations")
@guarded(workspace=May.INVITE)
def invite(actor: Actor, workspace: Workspace) -> Response | tuple[str, int] | str:
    """Send, or show what would be sent. A domain that is new here is asked about first; a list is looked at first, line by line."""
    told: dict[str, Any] = dict(request.form) | {"groups": request.form.getlist("groups")}
    told["confirmed"] = " ".join(request.form.getlist("confirmed"))
    try:
        asked = read_form(InvitationForm, told)
        listed, told["emails"] = _listed(asked.emails)
        if "edit" in request.form:
            return people_page(actor, workspace, told)
        if (len(listed) > 1 or "reviewed" in request.form) and "preview" not in request.form:
            return reviewing.review(actor, workspace, told, listed, _wanted(actor, workspace, asked, listed, told["groups"]))
        return _one(actor, workspace, told, asked, listed)
    except Invalid as wrong:
        actor.session.rollback()
        return people_page(actor, workspace, told, errors_of(wrong, email="emails", ends_at="last_day")), 422


def look_through(actor: Actor, workspace: Workspace, asked: InvitationForm, listed: list[Entry]) -> Response | tuple[str, int] | str:
    """The list that was told with a new workspace; its home comes after it."""
    told = {"emails": asked.emails, "groups": [], "confirmed": "", "from": "home"}
    return reviewing.review(actor, workspace, told, listed, _wanted(actor, workspace, asked, listed, []))


def _one(
    actor: Actor, workspace: Workspace, told: dict[str, Any], asked: InvitationForm, listed: list[Entry]
) -> Response | tuple[str, int] | str:
    """One person, or the letter as the first of several would get it."""
    if wrong := [entry.said for entry in listed if not entry.email]:
        raise Invalid(("emails", _("This is no address: %(what)s. Write one such as anna@company.com.", what=", ".join(wrong[:5]))))
    wanted = _wanted(actor, workspace, asked, listed, told["groups"])
    if "preview" in request.form:
        return _preview(actor, workspace, told, wanted[0])
    new = set(people.new_domains(workspace, [listed[0].email])) - set(asked.confirmed.split()) if actor.is_staff else set()
    if new:
        return people_page(actor, workspace, told, new_domains=sorted(new)), 200
    [(made, token)] = actions.invite_people(actor, workspace, wanted=wanted)
    if actor.is_staff:
        # The link is told only now: it goes into this answer, and nowhere else.
        path = f"/i/{token}"
        return people_page(actor, workspace, made=made, link=path, link_url=absolute(house(), path))
    return back_to(f"{workspace.path}people#waiting", _("Invitation sent to %(name)s.", name=made.email))


def _listed(box: str) -> tuple[list[Entry], str]:
    """Whoever stands in the file, else in the box; and the box as it is shown again. Raises Invalid where nobody does."""
    file = request.files.get("file")
    if file is not None and file.filename:
        listed = read_table(BytesIO(file.stream.read()))
        return listed, as_box(listed)
    return read_box(box), box


@pages.post("/w/<ref:workspace>/invitations/<ref:invitation>/resend")
@guarded(workspace=May.SEE_PEOPLE, invitation=May.CHANGE_INVITATION)
def resend(actor: Actor, workspace: Workspace, invitation: Invitation) -> Response:
    waiting = f"{workspace.path}people#waiting"
    try:
        actions.send_again(actor, invitation)
    except (Invalid, TooMany) as refused:
        return back_to(waiting, refused.words, bad=True)
    return back_to(waiting, _("Sent again to %(email)s. The link before it has run out.", email=invitation.email))


@pages.post("/w/<ref:workspace>/invitations/<ref:invitation>/withdraw")
@guarded(workspace=May.SEE_PEOPLE, invitation=May.CHANGE_INVITATION)
def withdraw(actor: Actor, workspace: Workspace, invitation: Invitation) -> Response:
    waiting = f"{workspace.path}people#waiting"
    try:
        actions.revoke_invitation(actor, invitation)
    except Invalid as wrong:
        return back_to(waiting, wrong.words, bad=True)
    return back_to(waiting, _("The invitation of %(email)s is withdrawn.", email=invitation.email))


def _wanted(actor: Actor, workspace: Workspace, asked: InvitationForm, listed: list[Entry], group_ids: list[str]) -> list[actions.Wanted]:
    groups = people.groups_of_ids(actor, workspace, group_ids)
    ends_at = actions.end_of(actor, asked.last_day) if asked.last_day else None
    account = workspace.account_named(asked.account)
    return [
        actions.Wanted(
            entry.email, asked.role, name=entry.name, account=account, groups=groups, note=asked.note, at="emails", ends_at=ends_at
        )
        for entry in listed
        if entry.email
    ]


def _preview(actor: Actor, workspace: Workspace, told: dict[str, Any], wanted: actions.Wanted) -> str:
    """The letter as it would go out, but for its link; nothing is kept of it."""
    drafted = Invitation(
        workspace_pk=workspace.pk, email=wanted.email, role=wanted.role, groups=[group.id for group in wanted.groups], note=wanted.note
    )
    shown, count = faces(actor.session, workspace)
    letter = {
        "subject": _("%(name)s invites you to “%(title)s”", name=actor.name, title=workspace.title),
        "to": wanted,
        "inside": inside(actor.session, drafted),
        "people": shown,
        "people_count": count,
        "expires_at": now() + LASTS,
    }
    return people_page(actor, workspace, told, letter=letter)


@pages.post("/w/<ref:workspace>/invitations/<ref:invitation>/address")
@guarded(workspace=May.SEE_PEOPLE, invitation=May.CHANGE_INVITATION)
def correct(actor: Actor, workspace: Workspace, invitation: Invitation) -> Response | tuple[str, int]:
    """The right address, where mail to the one before came back."""
    try:
        told = read_form(AddressChange, {"email": " ", **request.form})
        actions.correct_address(actor, invitation, email=told.email)
    except Invalid as wrong:
        actor.session.rollback()
        errors = errors_of(wrong, email=f"email-{invitation.id}")
        return people_page(actor, workspace, dict(request.form), errors, correcting=invitation.id), 422
    return back_to(f"{workspace.path}people#waiting", _("Sent to %(email)s.", email=invitation.email))


@pages.get("/w/<ref:workspace>/invitations")
@guarded(workspace=May.INVITE)
def invitations(actor: Actor, workspace: Workspace) -> Response:
    """Where a reload after inviting comes out."""
    return redirect(f"{workspace.path}people", 303)
