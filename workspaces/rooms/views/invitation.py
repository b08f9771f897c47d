"""The invitation, from the other side. A look at the page consumes nothing; one press, and its person is in."""

from typing import Any

from flask import Request, redirect, render_template, request
from werkzeug import Response

from portal.kernel.actor import Actor
from portal.kernel.errors import Gone, NotSignedIn
from portal.kernel.house import House
from portal.people import sign_ins
from portal.people.models import Person
from portal.web.endpoint import public
from portal.web.unit import house
from workspaces.rooms import actions
from workspaces.rooms.actions.invitations import is_waiting
from workspaces.rooms.models import Invitation
from workspaces.rooms.proving import Proof, have_code_mailed, masked, prove
from workspaces.rooms.queries.invited import MAILED, OLD, SHOWN, Found, faces, found, inside, invited_person
from workspaces.rooms.views.pages import pages

Page = tuple[str, int] | Response


@pages.get("/i/<token>")
@public("whoever holds the link may look; nothing is consumed, and of the inside only what its person will see is told")
def show_invitation(actor: Actor, token: str) -> Page:
    link = found(actor.session, token)
    if link is not None and link.by == SHOWN and request.method == "GET" and is_waiting(link.invitation):
        have_code_mailed(house(), token)
    return _page(actor, token, link)


def _prove(house: House, request: Request) -> Proof:
    return prove(house, str((request.view_args or {})["token"]), request.form.get("code", "")[:20])


@pages.post("/i/<token>")
@public("the link proves the mailbox, or its code does", before=_prove, limits=("60 per minute",))
def accept(actor: Actor, token: str, received: Proof) -> Page:
    link = found(actor.session, token)
    if link is None or link.by == OLD:
        return _page(actor, token, link)
    if not received.proven:
        return _page(actor, token, link, errors=[{"field": "code", "message": received.words}])
    try:
        shown = "shown" in request.form if link.invitation.workspace.is_community else None
        membership = actions.accept_invitation(actor, link.invitation, shown=shown)
    except Gone:
        return _over(link, token)
    except NotSignedIn:
        return redirect(f"/sign-in?next=/i/{token}", 303)
    if membership.person_pk != actor.pk:
        sign_ins.enter(actor.session, membership.person)
    return redirect(_first_page(actor, link.invitation, request.form.get("to")), 303)


def _first_page(actor: Actor, invitation: Invitation, wanted: str | None) -> str:
    """What was pressed on the page, if the page named it; else the home."""
    named = wanted and any(path == wanted for _icon, _title, path in inside(actor.session, invitation).titles)
    return wanted if wanted and named else invitation.workspace.path


@pages.post("/i/<token>/again")
@public("mails only the invited address, and says the same to everybody", limits=("10 per hour",))
def ask_again(actor: Actor, token: str) -> str:
    link = found(actor.session, token)
    if link is not None and link.by != SHOWN and not (link.by == MAILED and is_waiting(link.invitation)):
        actions.ask_again(actor, link.invitation)
    return render_template("rooms/invitation_over.html", state="asked", token=token, contact=None, who=None)


@pages.post("/i/<token>/decline")
@public("the mailed link proves the mailbox; declining takes nothing from anybody else", limits=("10 per hour",))
def decline(actor: Actor, token: str) -> Page:
    link = found(actor.session, token)
    if link is None or link.by != MAILED:
        return _over(link, token)
    try:
        actions.decline_invitation(actor, link.invitation)
    except Gone:
        return _over(link, token)
    return render_template("rooms/invitation_over.html", state="declined", token=token, contact=None, who=link.invitation.invited_by), 200


@pages.post("/i/<token>/opened")
@public("notes that the page is before somebody's eyes; tells nothing back")
def note_opened(actor: Actor, token: str) -> tuple[str, int]:
    link = found(actor.session, token)
    if link is not None and link.by == MAILED and is_waiting(link.invitation):
        actions.note_opened(actor, link.invitation)
    return "", 204


def _page(actor: Actor, token: str, link: Found | None, errors: list[dict[str, str]] | None = None) -> Page:
    if link is not None and link.invitation.accepted_by_pk and link.invitation.accepted_by_pk == actor.pk:
        return redirect(link.invitation.workspace.path, 303)
    if link is None or link.by == OLD or not is_waiting(link.invitation):
        return _over(link, token)
    invitation = link.invitation
    person = invited_person(actor.session, invitation)
    if person is not None and person.suspended_at is not None and not person.imported:
        return _over(link, token)
    shown = _told(actor, invitation, person, whole=link.by == MAILED) | {"token": token, "errors": errors or []}
    return render_template("rooms/invitation.html", **shown), 422 if errors else 200


def _told(actor: Actor, invitation: Invitation, person: Person | None, *, whole: bool) -> dict[str, Any]:
    """What the page says. To who has not proven the mailbox: who invites, and nothing of the inside."""
    people, count = faces(actor.session, invitation.workspace) if whole else ([], 0)
    return {
        "invitation": invitation,
        "inviter": invitation.invited_by,
        "place": invitation.workspace,
        "whole": whole,
        "address": invitation.email if whole else masked(invitation.email),
        "inside": inside(actor.session, invitation) if whole else None,
        "people": people,
        "people_count": count,
        "is_me": person is not None and person.pk == actor.pk,
        "invited_staff": person is not None and person.is_staff,
        "sign_in_first": person is not None and person.is_staff and person.pk != actor.pk,
    }


def _over(link: Found | None, token: str) -> tuple[str, int]:
    """Expired, used, replaced and never made look alike; only what was withdrawn says by whom."""
    revoked = link is not None and link.invitation.revoked_at is not None
    who = link.invitation.revoked_by or link.invitation.invited_by if link is not None and revoked else None
    contact = who.email if who is not None and who.is_staff and who.suspended_at is None else None
    state = "revoked" if revoked else "over"
    return render_template("rooms/invitation_over.html", state=state, token=token, contact=contact, who=who), 410
