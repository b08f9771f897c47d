"""Companies that are kept apart do not meet in a workspace, whichever way their people would come to it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.accounts.keeping_apart import pair_of, refuse_meeting, words_for
from portal.accounts.models import Account, AccountDomain, Contact
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.history import current
from portal.kernel.words import gettext as _
from portal.people.models import Person
from workspaces.rooms.models import Invitation, Membership, Workspace, WorkspaceAccount


def companies_in(session: Session, workspace: Workspace) -> set[int]:
    """The pks of the companies of a workspace: those it is for, and those of its clients and of who is invited."""
    of_it = select(WorkspaceAccount.account_pk).where(WorkspaceAccount.workspace_pk == workspace.pk)
    members = select(Membership.account_pk).where(Membership.workspace_pk == workspace.pk, current(Membership))
    people = select(Person.account_pk).join(Membership, Membership.person_pk == Person.pk)
    people = people.where(Membership.workspace_pk == workspace.pk, current(Membership), Person.is_staff.is_(False))
    waiting = select(Invitation.account_pk).where(
        Invitation.workspace_pk == workspace.pk,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.expires_at > now(),
    )
    return {pk for found in (of_it, members, people, waiting) for pk in session.scalars(found) if pk is not None}


def companies_of(session: Session, email: str, person: Person | None, account: Account | None) -> set[int]:
    """The companies that somebody is of: the one they come for, the one we know them at, and that of their address."""
    if person is not None and person.is_staff:
        return set()
    by_domain = session.scalar(select(AccountDomain.account_pk).where(AccountDomain.name == email.rpartition("@")[2]))
    known = {account.pk if account else None, person.account_pk if person else None, by_domain}
    return {pk for pk in known if pk is not None}


def refuse_coming(actor: Actor, workspace: Workspace, companies: Iterable[int], *, field: str) -> None:
    """Raise Invalid at the field where one of these companies must not meet one that is here."""
    refuse_meeting(actor, set(companies), companies_in(actor.session, workspace), field=field)


def refuse_among(actor: Actor, people: Iterable[int], *, field: str) -> None:
    """Raise Invalid where two of these people are of companies that must not meet."""
    theirs = select(Person.account_pk).where(Person.pk.in_(list(people)), Person.is_staff.is_(False), Person.account_pk.is_not(None))
    refuse_meeting(actor, set(actor.session.scalars(theirs)), (), field=field)


def refuse_move(actor: Actor, contact: Contact, to: Account) -> None:
    """For `portal.accounts.actions.BEFORE_MOVING`: somebody who is in workspaces does not become one of a company that is kept apart
    from those there."""
    if contact.person_pk is None:
        return
    rooms = select(Workspace).join(Membership, Membership.workspace_pk == Workspace.pk)
    rooms = rooms.where(Membership.person_pk == contact.person_pk, current(Membership)).order_by(Workspace.pk)
    for workspace in actor.session.scalars(rooms).all():
        for pk in sorted(companies_in(actor.session, workspace) - {to.pk}):
            if (pair := pair_of(actor.session, pk, to.pk)) is not None:
                where = _("%(name)s is in “%(title)s”.", name=contact.name, title=workspace.title)
                raise Invalid(("account", f"{words_for(actor, pair)} {where}"))


def meetings(session: Session, one_pk: int, other_pk: int) -> list[str]:
    """For `portal.accounts.keeping_apart.MEETINGS`: the workspaces in which both are."""
    one, other = aliased(WorkspaceAccount), aliased(WorkspaceAccount)
    both = select(Workspace).join(one, one.workspace_pk == Workspace.pk).join(other, other.workspace_pk == Workspace.pk)
    found = {room.pk: room for room in session.scalars(both.where(one.account_pk == one_pk, other.account_pk == other_pk))}
    people = select(Workspace).join(Membership, Membership.workspace_pk == Workspace.pk).join(Person, Person.pk == Membership.person_pk)
    for room in session.scalars(people.where(current(Membership), Person.account_pk.in_([one_pk, other_pk])).distinct()):
        if {one_pk, other_pk} <= companies_in(session, room):
            found[room.pk] = room
    return sorted(room.title for room in found.values())
