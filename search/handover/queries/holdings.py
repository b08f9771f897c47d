"""What somebody holds, of the tables themselves. It counts, and names accounts and workspaces; what is in them it never tells."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import OWNER, Account, Assignment, Deputy
from portal.accounts.policy import May as Accounts
from portal.accounts.policy import acting
from portal.hooks.models import Webhook
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.people.models import Person, SignIn, Token
from search.handover.models import ACCOUNT, DEPUTY, TEAM
from search.promises.models import CONTESTED, OPEN, Promise
from workspaces.calendar.models import CalendarFeed
from workspaces.forums.models import Draft, Following, Topic
from workspaces.plan.models import DONE, PlanItem, PlanOwner
from workspaces.rooms.models import ACCOUNT as OF_ACCOUNT
from workspaces.rooms.models import SHELF, Invitation, Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import standing


@dataclass
class Room:
    """A workspace that they are in, and as what; nothing where they are of its account's team only."""

    workspace: Workspace
    role: str = ""


@dataclass
class Held:
    """An account that hangs on them: as its owner, on its team, or acting for its owner."""

    account: Account
    how: str  # ACCOUNT, TEAM or DEPUTY
    may_give: bool
    until: datetime | None = None  # of a deputy
    rooms: list[Room] = field(default_factory=list)
    invitations: int = 0  # that they sent and that wait
    promises: int = 0  # of theirs, that are still to be kept
    steps: int = 0
    drafts: int = 0
    follows: int = 0


@dataclass
class Holdings:
    """All that hangs on somebody."""

    person: Person
    accounts: list[Held] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)  # communities, and workspaces of accounts that are none of theirs
    others: int = 0  # accounts that the actor may not know of, and workspaces of accounts that they cannot give: these stay
    reports: list[Person] = field(default_factory=list)  # who reports to them
    tokens: int = 0
    sign_ins: int = 0
    webhooks: int = 0
    feeds: int = 0
    drafts: int = 0  # in no workspace of these

    @property
    def empty(self) -> bool:
        return not (self.accounts or self.rooms)


def holdings(actor: Actor, person: Person) -> Holdings:
    every = _accounts(actor, person)
    known = set(actor.session.scalars(allowed(actor, Accounts.KNOW_ACCOUNT).with_only_columns(Account.pk)))
    held = [each for each in every if each.account.pk in known]
    of = {each.account.pk: each for each in held}
    found = Holdings(person, held, others=len(every) - len(held))
    _rooms(actor, person, of, found)
    session = actor.session
    for name, counted in _counted(person).items():
        for pk, number in session.execute(counted):
            if pk in of:
                setattr(of[pk], name, number)
    for place in session.scalars(select(Draft.place).where(Draft.person_pk == person.pk)):
        _count_draft(actor, place, of, found)
    found.reports = list(
        session.scalars(
            select(Person).where(Person.manager_pk == person.pk, Person.suspended_at.is_(None)).order_by(Person.name, Person.pk)
        )
    )
    count = lambda of_what: session.scalar(select(func.count()).select_from(of_what.subquery())) or 0  # noqa: E731
    found.tokens = count(select(Token.pk).where(Token.person_pk == person.pk, Token.revoked_at.is_(None)))
    found.sign_ins = count(select(SignIn.pk).where(SignIn.person_pk == person.pk, SignIn.ended_at.is_(None), SignIn.expires_at > now()))
    found.webhooks = count(select(Webhook.pk).where(Webhook.person_pk == person.pk, Webhook.off_at.is_(None)))
    found.feeds = count(select(CalendarFeed.pk).where(CalendarFeed.person_pk == person.pk))
    return found


def rooms_of(actor: Actor, account: Account) -> list[Workspace]:
    """The account's own workspaces, archived ones too."""
    its = select(WorkspaceAccount.workspace_pk).where(WorkspaceAccount.account_pk == account.pk)
    return list(actor.session.scalars(select(Workspace).where(Workspace.kind == OF_ACCOUNT, Workspace.pk.in_(its)).order_by(Workspace.pk)))


def open_steps(actor: Actor, account: Account, person: Person) -> list[str]:
    """The ids of the steps that they have still to do in the account's plans."""
    mine = PlanItem.owners.any(Person.pk == person.pk)
    found = select(PlanItem.id).where(PlanItem.account_pk == account.pk, PlanItem.state != DONE, PlanItem.removed_at.is_(None), mine)
    return list(actor.session.scalars(found.order_by(PlanItem.pk)))


def followed(actor: Actor, account: Account, person: Person) -> set[str]:
    """The ids of the discussions in the account's own workspaces that they follow, or muted."""
    found = select(Topic.id).join(Following, Following.topic_pk == Topic.pk).join(Workspace, Workspace.pk == Topic.workspace_pk)
    return set(
        actor.session.scalars(found.where(Following.person_pk == person.pk, Topic.account_pk == account.pk, Workspace.kind == OF_ACCOUNT))
    )


def _accounts(actor: Actor, person: Person) -> list[Held]:
    session = actor.session
    givable = set(session.scalars(allowed(actor, Accounts.GIVE_ACCOUNT).with_only_columns(Account.pk)))
    here = Account.removed_at.is_(None)
    assigned = select(Account, Assignment.role).join(Assignment, Assignment.account_pk == Account.pk)
    rows: Any = session.execute(
        assigned.where(Assignment.person_pk == person.pk, current(Assignment), here).order_by(Account.name, Account.pk)
    )
    held = [Held(account, ACCOUNT if role == OWNER else TEAM, account.pk in givable) for account, role in rows]
    deputised: Any = session.execute(
        select(Account, Deputy)
        .join(Deputy, Deputy.account_pk == Account.pk)
        .where(Deputy.person_pk == person.pk, acting(), here)
        .order_by(Account.name)
    )
    held += [Held(account, DEPUTY, account.pk in givable, deputy.until) for account, deputy in deputised]
    return sorted(held, key=lambda each: ((ACCOUNT, TEAM, DEPUTY).index(each.how), each.account.name.lower(), each.account.pk))


def _rooms(actor: Actor, person: Person, of: dict[int, Held], found: Holdings) -> None:
    """The workspaces of each account, and those that are of none of these."""
    session = actor.session
    member = select(Membership.workspace_pk, Membership.role).where(Membership.person_pk == person.pk, standing())
    roles: dict[int, str] = dict(session.execute(member).all())
    its = select(Workspace, WorkspaceAccount.account_pk).join(WorkspaceAccount, WorkspaceAccount.workspace_pk == Workspace.pk)
    theirs: Any = session.execute(
        its.where(Workspace.kind == OF_ACCOUNT, WorkspaceAccount.account_pk.in_(of)).order_by(Workspace.title, Workspace.pk)
    )
    seen = set()
    for workspace, account_pk in theirs:
        seen.add(workspace.pk)
        of[account_pk].rooms.append(Room(workspace, roles.get(workspace.pk, "")))
    given = allowed(actor, Accounts.GIVE_ACCOUNT).with_only_columns(Account.pk)
    may_go = or_(
        Workspace.kind != OF_ACCOUNT,
        Workspace.pk.in_(select(WorkspaceAccount.workspace_pk).where(WorkspaceAccount.account_pk.in_(given))),
    )
    others = select(Workspace).where(Workspace.pk.in_(roles.keys() - seen), Workspace.kind != SHELF)
    go = session.scalars(others.where(may_go).order_by(Workspace.title, Workspace.pk)).all()
    found.rooms = [Room(workspace, roles[workspace.pk]) for workspace in go]
    found.others += len(roles.keys() - seen) - len(go)


def _counted(person: Person) -> dict[str, Select[Any]]:
    """(account pk, how many) of what waits of theirs, by the field of `Held`."""
    waits = (
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.declined_at.is_(None),
        Invitation.expires_at > now(),
    )
    steps = select(PlanItem.account_pk, func.count()).join(PlanOwner, PlanOwner.item_pk == PlanItem.pk)
    follows = select(Topic.account_pk, func.count()).join(Following, Following.topic_pk == Topic.pk)
    return {
        "invitations": _by(Invitation.account_pk, Invitation.invited_by_pk == person.pk, *waits),
        "promises": _by(
            Promise.account_pk,
            Promise.by_pk == person.pk,
            Promise.ours.is_(True),
            Promise.dropped_at.is_(None),
            or_(Promise.state == OPEN, Promise.state == CONTESTED),
        ),
        "steps": steps.where(PlanOwner.person_pk == person.pk, PlanItem.state != DONE, PlanItem.removed_at.is_(None)).group_by(
            PlanItem.account_pk
        ),
        "follows": follows.where(Following.person_pk == person.pk, Following.muted.is_(False)).group_by(Topic.account_pk),
    }


def _by(account_pk: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return select(account_pk, func.count()).where(*where).group_by(account_pk)


def _count_draft(actor: Actor, place: str, of: dict[int, Held], found: Holdings) -> None:
    kind, _colon, id = place.partition(":")
    rooms = select(Workspace.pk).where(Workspace.id == id) if kind == "workspace" else select(Topic.workspace_pk).where(Topic.id == id)
    pk = actor.session.scalar(rooms)
    for held in of.values():
        if any(room.workspace.pk == pk for room in held.rooms):
            held.drafts += 1
            return
    if all(room.workspace.pk != pk for room in found.rooms):
        found.drafts += 1
