"""/workspaces/{id}/invitations, /invitations/{id}, /invitations/accept"""

from dataclasses import dataclass
from typing import Any

from flask import Request, Response, request
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, Invalid
from portal.kernel.house import House
from portal.kernel.policy import allowed
from portal.kernel.schemas import Schema
from portal.kernel.words import gettext as _
from portal.people import passwords, sign_ins
from portal.web.api import answer, body, listed, sent
from portal.web.described import described
from portal.web.endpoint import guarded, public
from portal.web.unit import house
from workspaces.rooms import actions
from workspaces.rooms.actions.invitations import is_waiting
from workspaces.rooms.api.resource import api
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.proving import Proof, prove
from workspaces.rooms.queries import people
from workspaces.rooms.queries.invited import OLD, found
from workspaces.rooms.schemas import Acceptance, NewInvitation, NewInvitations
from workspaces.rooms.shapes import AcceptedJson, InvitationJson, InvitationsJson, invitation_json, person_json

OVER = "This link has run out."


@api.get("/workspaces/<workspace>/invitations")
@described("Invitations, newest first", lists=InvitationJson)
@guarded(workspace=May.INVITE)
def list_invitations(actor: Actor, workspace: Workspace) -> Response:
    loads = joinedload(Invitation.workspace), joinedload(Invitation.account), joinedload(Invitation.invited_by)
    mine = allowed(actor, May.READ_INVITATION).where(Invitation.workspace_pk == workspace.pk).options(*loads)
    return listed(actor, mine, [Invitation.pk], lambda rows: [invitation_json(row) for row in rows], descending=True)


@api.post("/workspaces/<workspace>/invitations")
@described("Invite one person, or several: all or none", takes=(NewInvitation, NewInvitations), makes=InvitationJson | InvitationsJson)
@guarded(workspace=May.INVITE)
def invite(actor: Actor, workspace: Workspace) -> Response:
    several = isinstance(told := sent(), dict) and "items" in told
    schema: type[Schema] = NewInvitations if several else NewInvitation
    asked: Any = body(schema)
    items = asked.items if several else [asked]
    wanted = [_wanted(actor, workspace, item, f"items.{n}." if several else "") for n, item in enumerate(items)]
    made = [
        invitation_json(invitation, link=_link(token) if actor.is_staff else None)
        for invitation, token in actions.invite_people(actor, workspace, wanted=wanted)
    ]
    return answer({"items": made, "next": None} if several else made[0], 201)


@api.get("/invitations/<invitation>")
@described("An invitation", gives=InvitationJson)
@guarded(invitation=May.READ_INVITATION)
def show_invitation(actor: Actor, invitation: Invitation) -> Response:
    return answer(invitation_json(invitation))


@api.delete("/invitations/<invitation>")
@described("Revoke an invitation")
@guarded(invitation=May.CHANGE_INVITATION)
def revoke(actor: Actor, invitation: Invitation) -> Response:
    actions.revoke_invitation(actor, invitation)
    return Response(status=204)


@api.post("/invitations/<invitation>/resend")
@described("Send it again; earlier links stop working", gives=InvitationJson)
@guarded(invitation=May.CHANGE_INVITATION)
def resend(actor: Actor, invitation: Invitation) -> Response:
    return answer(invitation_json(actions.send_again(actor, invitation)))


@dataclass(frozen=True)
class Arrival:
    """What was asked, whether the mailbox is proven, and the hash of the password that is to be kept."""

    asked: Acceptance
    proof: Proof
    password_hash: str | None = None


def _arrive(house: House, request: Request) -> Arrival:
    asked = body(Acceptance)
    with house.db.reading() as session:
        link = found(session, asked.token)
        waits = link is not None and link.by != OLD and is_waiting(link.invitation)
        email = link.invitation.email if link is not None else ""
    if not waits:
        return Arrival(asked, Proof(False))
    hash = None
    if asked.password:
        passwords.check(asked.password, [email.partition("@")[0], asked.name or ""])
        hash = passwords.hashed(asked.password)
    return Arrival(asked, prove(house, asked.token, asked.code or ""), hash)


@api.post("/invitations/accept")
@described("Take up an invitation", takes=Acceptance, gives=AcceptedJson, also=(410,))
@public("the token proves the mailbox, or its code does", before=_arrive, limits=("60 per minute",))
def accept(actor: Actor, received: Arrival) -> Response:
    link = found(actor.session, received.asked.token)
    if link is None or link.by == OLD or not is_waiting(link.invitation):
        raise Gone(_(OVER))
    if not received.proof.proven:
        raise Invalid(("code", received.proof.words))
    membership = actions.accept_invitation(actor, link.invitation, name=received.asked.name or "", password_hash=received.password_hash)
    person = membership.person
    device = request.headers.get("User-Agent", "")
    _row, token = sign_ins.begin(actor.session, person, device=device, address=request.remote_addr or "")
    return answer({"person": person_json(person, email=True), "session_token": token})


def _wanted(actor: Actor, workspace: Workspace, item: NewInvitation, at: str) -> actions.Wanted:
    groups = people.groups_of_ids(actor, workspace, item.groups, f"{at}groups")
    account = next((each for each in workspace.accounts if each.id == item.account), None)
    if item.account is not None and account is None:
        raise Invalid((f"{at}account", _("This workspace is not for that account.")))
    return actions.Wanted(item.email, item.role, item.name, account, groups, item.note, f"{at}email")


def _link(token: str) -> str:
    return (house().settings.base_url or request.url_root.rstrip("/")) + f"/i/{token}"
