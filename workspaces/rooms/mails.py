"""Letters of workspaces: the invitation, the code for the link that staff pass on, and what became of an invitation."""

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.clock import now, rfc3339
from portal.kernel.house import House
from portal.kernel.words import gettext as _
from portal.mail.letters import letter
from portal.mail.queue import composes
from portal.mail.transport import Letter
from portal.people.models import Person
from portal.people.sign_ins import hashed
from workspaces.rooms.actions.accepting import code_hash
from workspaces.rooms.actions.invitations import is_waiting
from workspaces.rooms.models import ACCEPTED, DECLINED, OWNER, Invitation, InvitationLink, Membership, Workspace
from workspaces.rooms.policy import standing
from workspaces.rooms.queries.invited import faces, inside, invited_person


@composes("invitation")
def invitation_letter(house: House, actor: Actor, *, invitation: str, sending: int) -> Letter | None:
    """The invitation itself; None once it was withdrawn, used or sent anew. Its link is made here and kept as a hash."""
    row = _invitation(actor, invitation)
    if row is None or not is_waiting(row) or row.sendings != sending:
        return None
    token = _token(house, row)
    row.token_hash, row.sent_at = hashed(token), now()
    if actor.session.get(InvitationLink, row.token_hash) is None:
        actor.session.add(InvitationLink(token_hash=row.token_hash, invitation_pk=row.pk))
    return letter(
        house,
        "invitation",
        to=invited_person(actor.session, row) or row.email,
        subject=lambda: _("%(name)s invites you to “%(title)s”", name=row.invited_by.name, title=row.workspace.title),
        key=f"invitation.{row.id}.{sending}",
        from_name=row.invited_by.name,
        path=f"/i/{token}",
        **told(actor, row),
    )


def told(actor: Actor, invitation: Invitation) -> dict[str, Any]:
    """What the letter and its preview say of an invitation, but for the link."""
    people, count = faces(actor.session, invitation.workspace)
    return {
        "inviter": invitation.invited_by,
        "note": invitation.note,
        "workspace": invitation.workspace,
        "inside": inside(actor.session, invitation),
        "people": people,
        "people_count": count,
        "expires_at": invitation.expires_at,
    }


@composes("invitation_code")
def code_letter(house: House, actor: Actor, *, invitation: str) -> Letter | None:
    """The six digits that prove the mailbox to a link that was not mailed."""
    row = _invitation(actor, invitation)
    if row is None or not is_waiting(row) or row.code_expires_at is None or row.code_expires_at <= now():
        return None
    code = f"{secrets.randbelow(10**6):06d}"
    row.code_hash = code_hash(house.settings.secret_key, row, code)
    return letter(
        house,
        "invitation_code",
        to=invited_person(actor.session, row) or row.email,
        subject=lambda: _("%(code)s is your code for “%(title)s”", code=code, title=row.workspace.title),
        key=f"invitation-code.{row.id}.{int(row.code_expires_at.timestamp())}",
        asked_for=True,
        code=code,
        inviter=row.invited_by,
        workspace=row.workspace,
    )


@composes("invitation_used")
def used_letter(house: House, actor: Actor, *, invitation: str) -> Letter | None:
    """For who asks for a new link but is in already: where to sign in."""
    row = _invitation(actor, invitation)
    person = invited_person(actor.session, row) if row is not None and row.state == ACCEPTED else None
    if row is None or person is None or person.suspended_at is not None:
        return None
    return letter(
        house,
        "invitation_used",
        to=person,
        subject=lambda: _("You are in “%(title)s” already", title=row.workspace.title),
        key=f"invitation-used.{row.id}.{int((row.resent_at or now()).timestamp())}",
        workspace=row.workspace,
        path=f"/sign-in?next={row.workspace.path}",
    )


@composes("invitation_declined")
def declined_letter(house: House, actor: Actor, *, invitation: str) -> Letter | None:
    """Tells the inviter, while they work here and it still is so."""
    row = _invitation(actor, invitation)
    if row is None or row.state != DECLINED or row.invited_by.suspended_at is not None:
        return None
    return letter(
        house,
        "invitation_declined",
        to=row.invited_by,
        subject=lambda: _("%(name)s declined your invitation", name=row.name or row.email),
        key=f"invitation-declined.{row.id}.{row.sendings}",
        name=row.name or row.email,
        workspace=row.workspace,
    )


@composes("membership_ends")
def ending_letter(house: House, actor: Actor, *, workspace: str, person: str, ends_at: str, to: str) -> Letter | None:
    """Some days before a membership ends, to the member, and to who runs the workspace; None where it does not end then any more."""
    found = actor.session.scalar(
        select(Membership)
        .join(Workspace, Workspace.pk == Membership.workspace_pk)
        .join(Person, Person.pk == Membership.person_pk)
        .where(Workspace.id == workspace, Person.id == person, Person.suspended_at.is_(None), standing())
    )
    if found is None or found.ends_at is None or rfc3339(found.ends_at) != ends_at:
        return None
    runs = _who_runs(actor, found.workspace)
    reader = found.person if to == "member" else runs
    if reader is None:
        return None
    name = found.person.name
    return letter(
        house,
        "membership_ends",
        to=reader,
        subject=lambda: (
            _("Your time in “%(title)s” ends soon", title=found.workspace.title)
            if to == "member"
            else _("The time of %(name)s in “%(title)s” ends soon", name=name, title=found.workspace.title)
        ),
        key=f"membership-ends.{to}.{found.person.id}.{found.workspace.id}.{int(found.ends_at.timestamp())}",
        member=found.person,
        to_member=to == "member",
        workspace=found.workspace,
        runs=runs,
        last=found.ends_at - timedelta(seconds=1),
    )


def _who_runs(actor: Actor, workspace: Workspace) -> Person | None:
    """The first of ours who owns it now, else one of the account's team."""
    owner = (
        select(Person)
        .join(Membership, Membership.person_pk == Person.pk)
        .where(Membership.workspace_pk == workspace.pk, Membership.role == OWNER, Person.suspended_at.is_(None), standing())
        .order_by(Membership.pk)
    )
    if (found := actor.session.scalar(owner.limit(1))) is not None:
        return found
    team = people_in(actor.session, workspace.team_audience_pk)
    return actor.session.scalar(select(Person).where(Person.pk.in_(team), Person.is_staff.is_(True)).order_by(Person.pk).limit(1))


def _invitation(actor: Actor, id: str) -> Invitation | None:
    return actor.session.scalar(select(Invitation).where(Invitation.id == id))


def _token(house: House, invitation: Invitation) -> str:
    """The link's secret, the same each time this sending is tried: a mail that was taken twice holds one link, which works."""
    told = f"invitation {invitation.id} {invitation.sendings}".encode()
    return base64.urlsafe_b64encode(hmac.digest(house.settings.secret_key.encode(), told, hashlib.sha256)).decode().rstrip("=")
