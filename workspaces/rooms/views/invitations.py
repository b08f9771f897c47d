"""Inviting, under People: the box of addresses, what will be mailed, withdrawing and sending again."""

from typing import Any

from flask import redirect, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooMany
from portal.kernel.schemas import read_form
from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from portal.mail.letters import absolute
from portal.web.endpoint import guarded
from portal.web.pages import back_to, errors_of
from portal.web.unit import house
from workspaces.rooms import actions
from workspaces.rooms.actions.invitations import LASTS
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries import people
from workspaces.rooms.queries.invited import faces, inside
from workspaces.rooms.schemas import InvitationForm, addresses
from workspaces.rooms.views.pages import pages
from workspaces.rooms.views.people import people_page


@pages.post("/w/<ref:workspace>/invitations")
@guarded(workspace=May.INVITE)
def invite(actor: Actor, workspace: Workspace) -> Response | tuple[str, int] | str:
    """Send, or show what would be sent; a domain that is new here is asked about first."""
    told: dict[str, Any] = dict(request.form) | {"groups": request.form.getlist("groups")}
    try:
        asked = read_form(InvitationForm, request.form)
        listed = addresses(asked.emails)
        wanted = _wanted(actor, workspace, asked, listed, told["groups"])
        if "preview" in request.form:
            return _preview(actor, workspace, told, wanted[0])
        new = _unconfirmed(workspace, asked, listed) if actor.is_staff else []
        if new:
            return people_page(actor, workspace, told, new_domains=new), 200
        made = actions.invite_people(actor, workspace, wanted=wanted)
    except Invalid as wrong:
        actor.session.rollback()
        return people_page(actor, workspace, told, errors_of(wrong, email="emails")), 422
    if actor.is_staff and len(made) == 1:
        # The link is told only now: it goes into this answer, and nowhere else.
        path = f"/i/{made[0][1]}"
        return people_page(actor, workspace, made=made[0][0], link=path, link_url=absolute(house(), path))
    return back_to(
        f"{workspace.path}people#waiting",
        ngettext("Invitation sent to %(name)s.", "%(num)d invitations sent.", len(made), name=made[0][0].email),
    )


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


def _wanted(
    actor: Actor, workspace: Workspace, asked: InvitationForm, listed: list[tuple[str, str]], group_ids: list[str]
) -> list[actions.Wanted]:
    groups = people.groups_of_ids(actor, workspace, group_ids)
    account = next((each for each in workspace.accounts if each.id == asked.account), None)
    return [
        actions.Wanted(email, asked.role, name=name, account=account, groups=groups, note=asked.note, at="emails") for email, name in listed
    ]


def _unconfirmed(workspace: Workspace, asked: InvitationForm, listed: list[tuple[str, str]]) -> list[str]:
    return sorted(set(people.new_domains(workspace, [email for email, _name in listed])) - set(asked.confirmed.split()))


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


@pages.get("/w/<ref:workspace>/invitations")
@guarded(workspace=May.INVITE)
def invitations(actor: Actor, workspace: Workspace) -> Response:
    """Where a reload after inviting comes out."""
    return redirect(f"{workspace.path}people", 303)
