"""/workspaces/{id}/invitations, /invitations/{id}, /invitations/accept"""

from dataclasses import dataclass
from typing import Any

from flask import Request, Response, request
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, Invalid
from portal.kernel.house import House
from portal.kernel.policy import allowed
from portal.kernel.schemas import read_json
from portal.kernel.words import gettext as _
from portal.kernel.words import later
from portal.people import passwords, sign_ins
from portal.web.api import answer, body, listed, sent
from portal.web.described import described
from portal.web.endpoint import guarded, public
from portal.web.unit import absolute
from workspaces.rooms import actions
from workspaces.rooms.actions.invitations import is_waiting
from workspaces.rooms.api.resource import api
from workspaces.rooms.models import Invitation, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.proving import Proof, prove
from workspaces.rooms.queries import people
from workspaces.rooms.queries.invited import OLD, found
from workspaces.rooms.schemas import MOST, Acceptance, AddressChange, NewInvitation, NewInvitations
from workspaces.rooms.shapes import AcceptedJson, InvitationJson, InvitationsJson, RefusedJson, invitation_json, person_json

OVER = later("This link has run out.")


@api.get("/workspaces/<workspace>/invitations")
@described("Invitations, newest first", lists=InvitationJson)
@guarded(workspace=May.INVITE)
def list_invitations(actor: Actor, workspace: Workspace) -> Response:
    loads = joinedload(Invitation.workspace), joinedload(Invitation.account), joinedload(Invitation.invited_by)
    mine = allowed(actor, May.READ_INVITATION).where(Invitation.workspace_pk == workspace.pk).options(*loads)
    return listed(actor, mine, [Invitation.pk], lambda rows: shown(actor, rows), descending=True)


@api.post("/workspaces/<workspace>/invitations")
@described(
    "Invite one person, or several: each is answered for itself",
    takes=(NewInvitation, NewInvitations),
    makes=InvitationJson | InvitationsJson,
)
@guarded(workspace=May.INVITE)
def invite(actor: Actor, workspace: Workspace) -> Response:
    if isinstance(told := sent(), dict) and "items" in told:
        return answer(_invite_each(actor, workspace, told), 201)
    [(invitation, token)] = actions.invite_people(actor, workspace, wanted=[_wanted(actor, workspace, body(NewInvitation))])
    return answer(_made(actor, invitation, token), 201)


def _invite_each(actor: Actor, workspace: Workspace, told: dict[str, Any]) -> InvitationsJson:
    """Those that are right are invited, the others named. Raises Invalid where none is."""
    items = told["items"]
    if not isinstance(items, list) or not 1 <= len(items) <= MOST or len(told) > 1:
        body(NewInvitations)  # says what is wrong with it
    wrong: dict[int, list[tuple[str, str]]] = {}
    wanted: dict[int, actions.Wanted] = {}
    for n, item in enumerate(items):
        try:
            wanted[n] = _wanted(actor, workspace, read_json(NewInvitation, item))
        except Invalid as refused:
            wrong[n] = refused.errors
    outcomes = actions.invite_each(actor, workspace, wanted=list(wanted.values()))
    wrong |= {n: outcome.errors for n, outcome in zip(wanted, outcomes, strict=True) if outcome.errors}
    made = [_made(actor, outcome.invitation, outcome.token) for outcome in outcomes if outcome.invitation is not None]
    if not made:
        raise Invalid(*((f"items.{n}.{field}", words) for n, errors in sorted(wrong.items()) for field, words in errors))
    refused_ones = [_refused(n, items[n], errors) for n, errors in sorted(wrong.items())]
    return {"items": made, "refused": refused_ones, "next": None}


def _made(actor: Actor, invitation: Invitation, token: str) -> InvitationJson:
    return invitation_json(invitation, link=_link(token) if actor.is_staff else None)


def _refused(n: int, item: Any, errors: list[tuple[str, str]]) -> RefusedJson:
    said = item.get("email") if isinstance(item, dict) else None
    email = said[:254] if isinstance(said, str) else ""
    return {"item": n, "email": email, "errors": [{"field": field, "message": words} for field, words in errors]}


@api.get("/invitations/<invitation>")
@described("An invitation", gives=InvitationJson)
@guarded(invitation=May.READ_INVITATION)
def show_invitation(actor: Actor, invitation: Invitation) -> Response:
    return answer(shown(actor, [invitation])[0])


@api.patch("/invitations/<invitation>")
@described("Correct an address whose mail came back, and send it there", takes=AddressChange, gives=InvitationJson)
@guarded(invitation=May.CHANGE_INVITATION)
def correct(actor: Actor, invitation: Invitation) -> Response:
    return answer(shown(actor, [actions.correct_address(actor, invitation, email=body(AddressChange).email)])[0])


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
    return answer(shown(actor, [actions.send_again(actor, invitation)])[0])


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
    asked = received.asked
    membership = actions.accept_invitation(
        actor, link.invitation, name=asked.name or "", password_hash=received.password_hash, shown=asked.shown
    )
    person = membership.person
    device = request.headers.get("User-Agent", "")
    _row, token = sign_ins.begin(actor.session, person, device=device, address=request.remote_addr or "")
    return answer({"person": person_json(person, email=True), "session_token": token})


def _wanted(actor: Actor, workspace: Workspace, item: NewInvitation) -> actions.Wanted:
    groups = people.groups_of_ids(actor, workspace, item.groups)
    account = workspace.account_named(item.account)
    if item.account is not None and account is None:
        raise Invalid(("account", _("This workspace is not for that account.")))
    return actions.Wanted(item.email, item.role, item.name, account, groups, item.note, ends_at=item.ends_at)


def shown(actor: Actor, rows: list[Invitation]) -> list[InvitationJson]:
    """The invitations, with what came back of their mail."""
    bounced = people.bounced(actor, [row.email for row in rows])
    return [invitation_json(row, bounced.get(row.email)) for row in rows]


def _link(token: str) -> str:
    return absolute(f"/i/{token}")
