"""What an invitation tells, and whose it is. Of the inside it tells what the invited person will be able to read, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account
from portal.kernel.actor import newcomer
from portal.kernel.audiences import Audience, people_in
from portal.kernel.history import current
from portal.kernel.ids import is_id
from portal.kernel.policy import condition
from portal.kernel.sources import SOURCES
from portal.kernel.words import ngettext
from portal.people.models import Person
from portal.people.sign_ins import hashed
from workspaces.rooms.consent import seen_by_all
from workspaces.rooms.models import Group, Invitation, InvitationLink, Membership, Pin, Workspace

MAILED, SHOWN, OLD = "mailed", "shown", "old"
TITLES = 4  # of each kind
FACES = 6


@dataclass(frozen=True)
class Found:
    """The invitation of a link. `by` MAILED proves the mailbox, SHOWN needs a code, OLD has run out."""

    invitation: Invitation
    by: str


@dataclass(frozen=True)
class Inside:
    """What is in a workspace: how much of each kind, and some titles, as (icon, words, path)."""

    counts: list[str]
    titles: list[tuple[str, str, str]]


# Kinds of source that an invitation names, with their icon and how many there are in words.
NAMED: dict[str, tuple[str, Callable[[int], str]]] = {
    "file": ("file-text", lambda num: ngettext("%(num)d file", "%(num)d files", num)),
    "topic": ("discussions", lambda num: ngettext("%(num)d discussion", "%(num)d discussions", num)),
}


def found(session: Session, token: str) -> Found | None:
    """Whose link this is; None for one we never made."""
    if not 20 <= len(token) <= 100:
        return None
    kept = hashed(token)
    for column, by in ((Invitation.token_hash, MAILED), (Invitation.shown_hash, SHOWN)):
        if (row := session.scalar(select(Invitation).where(column == kept))) is not None:
            return Found(row, by)
    old = select(Invitation).join(InvitationLink, InvitationLink.invitation_pk == Invitation.pk)
    row = session.scalar(old.where(InvitationLink.token_hash == kept))
    return Found(row, OLD) if row is not None else None


def inside(session: Session, invitation: Invitation) -> Inside:
    """What the invited person will find, asked by the rules that will hold for them."""
    guest = newcomer(session, _audiences(session, invitation))
    counts, titles = [], []
    for kind, (icon, words) in NAMED.items():
        if (of := SOURCES.get(kind)) is None:
            continue
        there = and_(of.model.workspace_pk == invitation.workspace_pk, condition(guest, of.verb))
        if number := session.scalar(select(func.count()).select_from(of.model).where(there)):
            counts.append(words(number))
            rows = session.scalars(select(of.model).where(there).options(*of.options()).order_by(*_first(of.model)).limit(TITLES))
            titles += [(icon, of.title(row), of.url(row)) for row in rows.unique()]
    return Inside(counts, titles)


def faces(session: Session, workspace: Workspace) -> tuple[list[dict[str, Any]], int]:
    """Some of the people who are in there and seen by all, with role at work and company, and how many there are. Ours come first."""
    pks = people_in(session, workspace.open_audience_pk)
    named = (
        select(Person, Account.name)
        .outerjoin(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace.pk, current(Membership)))
        .outerjoin(Account, Account.pk == Membership.account_pk)
        .where(Person.pk.in_(pks), seen_by_all(Person.pk, workspace.pk))
        .order_by(Person.is_staff.desc(), Membership.pk.is_(None), Membership.pk, Person.name)
    )
    rows = session.execute(named.limit(FACES)).all()
    return [{"person": person, "company": company} for person, company in rows], len(pks)


def invited_person(session: Session, invitation: Invitation) -> Person | None:
    """Who has the invited address already."""
    return session.scalar(select(Person).where(Person.email == invitation.email))


def _audiences(session: Session, invitation: Invitation) -> frozenset[int]:
    """The audiences that the invited person will hold: everyone's, and those of the groups they are invited to."""
    everyone = and_(Audience.kind == "workspace", Audience.subject_pk == invitation.workspace_pk, Audience.staff_only.is_(False))
    pks = set(session.scalars(select(Audience.pk).where(everyone)))
    ids = [id for id in invitation.groups if is_id(id)]
    if ids:
        groups = select(Group.pk).where(Group.id.in_(ids), Group.workspace_pk == invitation.workspace_pk, Group.removed_at.is_(None))
        theirs = and_(Audience.kind == "group", Audience.subject_pk.in_(groups), Audience.staff_only.is_(False))
        pks |= set(session.scalars(select(Audience.pk).where(theirs)))
    return frozenset(pks)


def _first(model: Any) -> list[Any]:
    """What was put under Start here, then the newest."""
    pinned = select(Pin.kind).where(Pin.kind == model.__kind__, Pin.thing == model.id).exists()
    return [pinned.desc(), model.created_at.desc(), model.pk.desc()]
