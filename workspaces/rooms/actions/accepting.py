"""Invitations from the other side: who holds the mailed link has the mailbox, and becomes a member by it; once."""

import hmac
from datetime import timedelta

from sqlalchemy import select

from portal.accounts.actions import know_contact
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Gone, Invalid, NotSignedIn
from portal.kernel.words import gettext as _
from portal.mail.queue import queue
from portal.people.models import Person, name_of
from workspaces.rooms.actions.groups import add_to_group
from workspaces.rooms.actions.invitations import is_waiting, renew
from workspaces.rooms.actions.members import join, membership_of
from workspaces.rooms.actions.seeing import let_be_seen
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import INVITATION_DECLINED
from workspaces.rooms.models import Group, Invitation, Membership

CODE_LASTS = timedelta(minutes=15)
TRIES, ALL_TRIES = 5, 20  # wrong codes that one code survives, and the shown link: 20 of 1,000,000 is what guessing gets
BETWEEN_ASKINGS = timedelta(hours=1)


@action(open="the token proves the mailbox, and where it is the shown one, the code does")
def accept_invitation(
    actor: Actor, invitation: Invitation, *, name: str = "", password_hash: str | None = None, shown: bool | None = None
) -> Membership:
    """The invited address becomes a member; a client's person is made where there is none. `shown`: whether, in a community, they
    agree that other companies see who they are. Raises Gone unless it still waits,
    NotSignedIn where it is for staff: a mailed link of two weeks is too little to sign in the vendor's own people."""
    session = actor.session
    session.refresh(invitation, with_for_update=True)
    person = session.scalar(select(Person).where(Person.email == invitation.email))
    if not is_waiting(invitation) or (person is not None and person.suspended_at is not None and not person.imported):
        raise Gone(_("This link has run out."))
    if person is not None and person.imported:  # an import knew their name; now they have proved their mailbox
        person.imported, person.suspended_at = False, None
    if person is not None and person.is_staff and person.pk != actor.pk:
        raise NotSignedIn(_("Sign in as %(email)s, then open this link again.", email=invitation.email))
    if person is None:
        person = _new_client(actor, invitation, name)
    if password_hash and not person.is_staff and person.password_hash is None:
        person.password_hash = password_hash
    guest = Actor(session, person)
    if invitation.account is not None and not person.is_staff:
        person.account_pk = person.account_pk or invitation.account_pk
        know_contact(guest, invitation.account, person)
    account = None if person.is_staff else invitation.account
    membership = join(guest, invitation.workspace, person, role=invitation.role, account=account, ends_at=invitation.ends_at)
    for group in _groups(invitation, session):
        add_to_group(guest, group, person)
    invitation.accepted_at, invitation.accepted_by_pk = now(), person.pk
    if shown is not None and invitation.workspace.is_community and not person.is_staff:
        let_be_seen(guest, invitation.workspace, shown=shown)
    return membership_of(guest, invitation.workspace, person) or membership


@action(open="the token proves the mailbox; declining takes nothing from anybody else")
def decline_invitation(actor: Actor, invitation: Invitation) -> None:
    """Not for me: the inviter hears of it, no more mail comes. Raises Gone unless it still waits."""
    if not is_waiting(invitation):
        raise Gone(_("This link has run out."))
    invitation.declined_at = now()
    workspace = invitation.workspace
    company = invitation.account or only_account(workspace)
    note(actor, INVITATION_DECLINED, workspace, company, team=True, name=invitation.name or invitation.email, invitation=invitation.id)
    queue(actor.session, "invitation_declined", key=f"invitation:{invitation.id}", invitation=invitation.id)


@action(open="mails only the invited address, and says the same to everybody")
def ask_again(actor: Actor, invitation: Invitation) -> None:
    """Whoever holds a link that has run out has a new one mailed to the invited address; to a member, how to sign in."""
    if invitation.revoked_at is not None or invitation.workspace.archived:
        return
    if invitation.resent_at is not None and now() - invitation.resent_at < BETWEEN_ASKINGS:
        return
    if invitation.accepted_at is not None:
        invitation.resent_at = now()
        queue(actor.session, "invitation_used", key=f"invitation:{invitation.id}", invitation=invitation.id)
    else:
        renew(actor, invitation)


@action(open="mails a code to the invited address alone, at most one in fifteen minutes")
def ask_code(actor: Actor, invitation: Invitation) -> None:
    """For the link that staff pass on: prove the mailbox. Nothing happens while a code is on its way."""
    alive = invitation.code_expires_at is not None and invitation.code_expires_at > now()
    if alive or not is_waiting(invitation) or invitation.code_tries >= ALL_TRIES:
        return
    invitation.code_hash = ""  # made when it is mailed
    invitation.code_expires_at = now() + CODE_LASTS
    queue(actor.session, "invitation_code", key=f"invitation:{invitation.id}", invitation=invitation.id)


@action(open="counts wrong codes")
def try_code(actor: Actor, invitation: Invitation, *, code: str, key: str) -> bool:
    """Whether this is the code that was mailed; `key` is the installation's. Raises Invalid where no code is good any more."""
    over = invitation.code_expires_at is None or invitation.code_expires_at <= now() or not invitation.code_hash
    if invitation.code_tries >= ALL_TRIES:
        raise Invalid(("code", _("There were too many wrong codes. Use the link in the invitation that was mailed.")))
    if over:
        raise Invalid(("code", _("This code has run out. Reload the page to get another.")))
    if hmac.compare_digest(invitation.code_hash, code_hash(key, invitation, code)):
        return True
    invitation.code_tries += 1
    if invitation.code_tries % TRIES == 0:
        invitation.code_hash = ""
    return False


@action(open="notes that the invited person looked")
def note_opened(actor: Actor, invitation: Invitation) -> None:
    """The page was open before a person's eyes; who invited sees that."""
    invitation.opened_at = invitation.opened_at or now()


def code_hash(key: str, invitation: Invitation, code: str) -> str:
    """What is kept of a code. Six digits are guessed in no time from a plain hash: this one needs the installation's key."""
    return hmac.new(key.encode(), f"{invitation.id}:{''.join(code.split())}".encode(), "sha256").hexdigest()


def _new_client(actor: Actor, invitation: Invitation, name: str) -> Person:
    person = Person(
        email=invitation.email,
        name=name or invitation.name or name_of(invitation.email),
        account_pk=invitation.account_pk,
    )
    actor.session.add(person)
    actor.session.flush()
    return person


def _groups(invitation: Invitation, session) -> list[Group]:  # type: ignore[no-untyped-def]
    standing = select(Group).where(
        Group.id.in_(invitation.groups), Group.workspace_pk == invitation.workspace_pk, Group.removed_at.is_(None)
    )
    return list(session.scalars(standing))
