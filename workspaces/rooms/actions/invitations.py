"""Invitations: a way in for one mailbox. They belong to the workspace, whoever sent them."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.accounts.models import Account, AccountDomain
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, TooMany
from portal.kernel.events import EventKind
from portal.kernel.policy import may
from portal.kernel.words import gettext as _
from portal.mail import refusals as came_back
from portal.mail.queue import queue
from portal.people.models import Person
from portal.people.sign_ins import hashed
from workspaces.rooms.actions.ending import refuse_end
from workspaces.rooms.actions.meeting import companies_of, refuse_coming
from workspaces.rooms.actions.members import membership_of
from workspaces.rooms.actions.workspaces import note, only_account
from workspaces.rooms.events import INVITATION_CORRECTED, INVITATION_REVOKED, INVITATION_SENT_AGAIN, INVITED
from workspaces.rooms.models import MODERATOR, OWNER, WAITING, Group, Invitation, Workspace
from workspaces.rooms.policy import May

LASTS = timedelta(days=14)
MOST_WAITING = 500  # in one workspace: whoever floods others with mail is stopped here
BETWEEN_SENDINGS = timedelta(hours=24)


@dataclass(frozen=True)
class Wanted:
    """Somebody to invite. `at` is the field that is named where something is wrong with it."""

    email: str  # lower case
    role: str
    name: str = ""
    account: Account | None = None  # None: by the domain of the address
    groups: list[Group] = field(default_factory=list)
    note: str = ""
    at: str = "email"
    ends_at: datetime | None = None  # of the membership


@action(May.INVITE)
def invite_people(actor: Actor, workspace: Workspace, *, wanted: list[Wanted]) -> list[tuple[Invitation, str]]:
    """Invite all of them or, raising Invalid, none. Each comes with the token of the link that may be shown to staff, told only now."""
    waiting = actor.session.scalar(_waiting(workspace).with_only_columns(func.count())) or 0
    if waiting + len(wanted) > MOST_WAITING:
        raise Invalid((wanted[0].at, _("At most %(most)s invitations can wait in one workspace.", most=MOST_WAITING)))
    _refuse_twins(wanted)
    errors: list[tuple[str, str]] = []
    made = []
    for each in wanted:
        try:
            made.append(_invite(actor, workspace, each))
        except Invalid as wrong:
            errors += wrong.errors
    if errors:
        raise Invalid(*errors)
    return made


@dataclass(frozen=True)
class Outcome:
    """What became of one of several: an invitation with the token of its link, or what is wrong."""

    wanted: Wanted
    invitation: Invitation | None = None
    token: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)


@action(May.INVITE)
def invite_each(actor: Actor, workspace: Workspace, *, wanted: list[Wanted]) -> list[Outcome]:
    """Invite whom it is right to invite, and say of each other why not. Done again it invites nobody anew."""
    outcomes = []
    for each, errors in refusals(actor, workspace, wanted=wanted):
        if errors:
            outcomes.append(Outcome(each, errors=errors))
        else:
            outcomes.append(Outcome(each, *_invite(actor, workspace, each)))
    return outcomes


@action(May.INVITE)
def refusals(actor: Actor, workspace: Workspace, *, wanted: list[Wanted]) -> list[tuple[Wanted, list[tuple[str, str]]]]:
    """Each of them with what stands against inviting them now; nothing is changed."""
    room = MOST_WAITING - (actor.session.scalar(_waiting(workspace).with_only_columns(func.count())) or 0)
    seen: set[str] = set()
    found: list[tuple[Wanted, list[tuple[str, str]]]] = []
    for each in wanted:
        errors: list[tuple[str, str]] = []
        try:
            if each.email in seen:
                raise Invalid((each.at, _("%(email)s stands here twice.", email=each.email)))
            _checked(actor, workspace, each)
            if room <= 0:
                raise Invalid((each.at, _("At most %(most)s invitations can wait in one workspace.", most=MOST_WAITING)))
            room -= 1
        except Invalid as wrong:
            errors = wrong.errors
        seen.add(each.email)
        found.append((each, errors))
    return found


@action(May.CHANGE_INVITATION)
def revoke_invitation(actor: Actor, invitation: Invitation) -> Invitation:
    """Nobody comes in by it any more. Raises Invalid where somebody has."""
    if invitation.accepted_at is not None:
        raise Invalid(("", _("%(name)s is in already. Remove them under People.", name=invitation.name or invitation.email)))
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        invitation.revoked_by_pk = actor.pk or None
        invitation.token_hash = invitation.shown_hash = None
        _note(actor, INVITATION_REVOKED, invitation)
    return invitation


@action(May.CHANGE_INVITATION)
def send_again(actor: Actor, invitation: Invitation) -> Invitation:
    """Mail it once more, with a new link and two more weeks. Raises TooMany before a day is over since the last time."""
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Invalid(("", _("This invitation is not waiting any more.")))
    if invitation.resent_at and (wait := invitation.resent_at + BETWEEN_SENDINGS - now()) > timedelta(0):
        hours = int(wait.total_seconds() // 3600) + 1
        raise TooMany(_("It was sent again less than a day ago. Try again in %(n)s hours.", n=hours), int(wait.total_seconds()) + 1)
    came_back.forget(actor.session, invitation.email)
    renew(actor, invitation)
    _note(actor, INVITATION_SENT_AGAIN, invitation)
    return invitation


@action(May.CHANGE_INVITATION)
def correct_address(actor: Actor, invitation: Invitation, *, email: str) -> Invitation:
    """Its mail came back: send it to the right address. Raises Invalid where it did not, where a new person would be meant, or where
    that address is here or invited already."""
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Invalid(("email", _("This invitation is not waiting any more.")))
    if not came_back.of(actor.session, [invitation.email]):
        raise Invalid(("email", _("Mail to %(email)s has not come back. Withdraw this, and invite whom you mean.", email=invitation.email)))
    workspace, domain = invitation.workspace, email.rpartition("@")[2]
    known = {each.name for account in workspace.accounts for each in account.domains} | {invitation.email.rpartition("@")[2]}
    if domain not in known:
        raise Invalid(("email", _("%(domain)s is new here. Withdraw this, and invite the new address.", domain=domain)))
    wanted = Wanted(email, invitation.role, account=invitation.account if actor.is_staff else None)
    account = _checked(actor, workspace, wanted)
    invitation.email, invitation.account_pk = email, account.pk if account else None
    renew(actor, invitation)
    _note(actor, INVITATION_CORRECTED, invitation)
    return invitation


def renew(actor: Actor, invitation: Invitation) -> None:
    """Another sending; for the actions that have found this to be right. The links before it run out at once."""
    invitation.sendings += 1
    invitation.resent_at = now()
    invitation.expires_at = _lasts(invitation.ends_at)
    invitation.declined_at = None
    invitation.token_hash = None
    queue(actor.session, "invitation", key=f"invitation:{invitation.id}", invitation=invitation.id, sending=invitation.sendings)


def _checked(actor: Actor, workspace: Workspace, wanted: Wanted) -> Account | None:
    """The company that they come for; raises Invalid where they are not to be invited."""
    person = actor.session.scalar(select(Person).where(Person.email == wanted.email))
    refuse_here(actor, workspace, wanted, person)
    _refuse_role(actor, workspace, wanted)
    if wanted.ends_at is not None:
        refuse_end(wanted.ends_at)
    if any(group.workspace_pk != workspace.pk for group in wanted.groups):
        raise Invalid(("groups", _("There is no such group here.")))
    account = None if person and person.is_staff else _company(actor, workspace, wanted, person)
    refuse_coming(actor, workspace, companies_of(actor.session, wanted.email, person, account), field=wanted.at)
    return account


def _invite(actor: Actor, workspace: Workspace, wanted: Wanted) -> tuple[Invitation, str]:
    account = _checked(actor, workspace, wanted)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        workspace_pk=workspace.pk,
        account_pk=account.pk if account else None,
        email=wanted.email,
        name=wanted.name,
        role=wanted.role,
        groups=[group.id for group in wanted.groups],
        note=wanted.note,
        invited_by_pk=actor.pk,
        shown_hash=hashed(token),
        expires_at=_lasts(wanted.ends_at),
        ends_at=wanted.ends_at,
    )
    actor.session.add(invitation)
    actor.session.flush()
    _note(actor, INVITED, invitation)
    queue(actor.session, "invitation", key=f"invitation:{invitation.id}", invitation=invitation.id, sending=1)
    return invitation, token


def _lasts(ends_at: datetime | None) -> datetime:
    """Until when a link is good: two weeks, and not past the membership it is for."""
    return min(now() + LASTS, ends_at) if ends_at is not None else now() + LASTS


def refuse_here(actor: Actor, workspace: Workspace, wanted: Wanted, person: Person | None) -> None:
    if person is not None and membership_of(actor, workspace, person) is not None:
        raise Invalid((wanted.at, _("%(name)s is here already.", name=person.name)))
    # Of an address that is not here nothing is told, not even that its person's access was ended.
    if actor.session.scalar(_waiting(workspace).where(Invitation.email == wanted.email).limit(1)) is not None:
        raise Invalid((wanted.at, _("%(email)s was invited already. Send the invitation again under People.", email=wanted.email)))


def _refuse_role(actor: Actor, workspace: Workspace, wanted: Wanted) -> None:
    if wanted.role == OWNER:
        raise Invalid(("role", _("Only staff own workspaces. Invite them first, then make them owner.")))
    if wanted.role == MODERATOR and not may(actor, May.RUN_WORKSPACE, workspace):
        raise Invalid(("role", _("Only the people who run this workspace choose moderators.")))


def _refuse_twins(wanted: list[Wanted]) -> None:
    seen: set[str] = set()
    for each in wanted:
        if each.email in seen:
            raise Invalid((each.at, _("%(email)s stands here twice.", email=each.email)))
        seen.add(each.email)


def _company(actor: Actor, workspace: Workspace, wanted: Wanted, person: Person | None) -> Account:
    """The account of the workspace for which a client comes: as chosen, or by the domain of the address, or as we know them."""
    if not actor.is_staff:
        return own_company(actor, workspace, wanted)
    pks = {account.pk: account for account in workspace.accounts}
    if wanted.account is not None:
        if wanted.account.pk not in pks:
            raise Invalid(("account", _("This workspace is not for that account.")))
        return wanted.account
    if (only := only_account(workspace)) is not None:
        return only
    domain = wanted.email.rpartition("@")[2]
    found = actor.session.scalar(select(AccountDomain.account_pk).where(AccountDomain.name == domain, AccountDomain.account_pk.in_(pks)))
    if found is None and person is not None and person.account_pk in pks:
        found = person.account_pk
    if found is None:
        raise Invalid((wanted.at, _("Choose the company of %(email)s: no account here has its domain.", email=wanted.email)))
    return pks[found]


def own_company(actor: Actor, workspace: Workspace, wanted: Wanted) -> Account:
    """Clients bring colleagues, nobody else: of a domain of their own company, or of their own address."""
    mine = membership_of(actor, workspace, actor.person)
    domain = wanted.email.rpartition("@")[2]
    if mine is not None and mine.account is not None:
        domains = {known.name for known in mine.account.domains} | {actor.person.email.rpartition("@")[2]}
        if domain in domains:
            return mine.account
        words = _(
            "You can invite colleagues at %(domains)s. Ask the people who run this workspace for others.",
            domains=", ".join(sorted(domains)),
        )
        raise Invalid((wanted.at, words))
    raise Invalid((wanted.at, _("Ask the people who run this workspace to invite somebody.")))


def _waiting(workspace: Workspace):  # type: ignore[no-untyped-def]
    return select(Invitation.pk).where(
        Invitation.workspace_pk == workspace.pk,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.expires_at > now(),
    )


def _note(actor: Actor, of: EventKind, invitation: Invitation) -> None:
    workspace = invitation.workspace
    company = invitation.account or only_account(workspace)
    name = invitation.name or invitation.email
    note(actor, of, workspace, company, team=True, name=name, invitation=invitation.id)


def is_waiting(invitation: Invitation) -> bool:
    """Whether somebody can still come in by it."""
    return invitation.state == WAITING and not invitation.workspace.archived
