"""Which of many accounts comes first: how much is owed there, how much there is to lose, and how long nothing was said.

Until deals are known the worth of an account is the people of theirs that we deal with: those who have a part in the purchase, and those
who come into its workspaces. What the actor may not read takes no part in it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import Account, Contact, ContactRole
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.audiences import held
from portal.kernel.clock import now
from portal.kernel.events import Event
from portal.kernel.history import current
from portal.kernel.policy import allowed
from portal.people.models import Person
from portal.people.queries import today_of
from search.brief.queries.past import CAUGHT, DAYS
from search.promises import queries as promises
from search.promises.models import CONTESTED, OPEN, OVERDUE, Promise
from workspaces.forums.models import Post
from workspaces.rooms.models import Membership, Workspace, WorkspaceAccount
from workspaces.rooms.policy import May as Rooms
from workspaces.rooms.policy import standing

LONG = 90  # days of silence


@dataclass
class Stands:
    """How much of each there is in one account."""

    account: Account
    questions: int = 0
    since: datetime | None = None  # of the question that waits longest
    overdue: int = 0
    contested: int = 0
    undated: int = 0  # promises of ours without a day
    deciding: int = 0  # contacts with a part in the purchase
    inside: int = 0  # people of theirs in its workspaces
    unheard: int = 0  # of those with a part, who have never written
    last: datetime | None = None

    @property
    def debt(self) -> int:
        return self.questions + self.overdue + self.contested

    @property
    def worth(self) -> int:
        return self.deciding + self.inside

    @property
    def silence(self) -> int:
        """Whole days since anything was written or filed; where nothing ever was, since we have the account."""
        return (now() - (self.last or self.account.created_at)).days

    @property
    def quiet(self) -> bool:
        return self.silence >= DAYS

    @property
    def weight(self) -> int:
        """What is owed counts twice; silence in three steps, so that it presses and does not outweigh who waits for an answer."""
        return (1 + 2 * self.debt) * (1 + self.worth) * (1 + self.quiet + (self.silence >= LONG))

    @property
    def gaps(self) -> int:
        return self.undated + self.unheard + (self.quiet or self.last is None)


def by_weight(actor: Actor, accounts: list[Account]) -> list[Stands]:
    """Of these, those that the actor may read, the one first that presses most."""
    return sorted(stands(actor, accounts), key=lambda each: (-each.weight, each.account.name.lower(), each.account.pk))


def stands(actor: Actor, accounts: list[Account]) -> list[Stands]:
    """Each of these that the actor may read. As many questions as there are columns, however many accounts there are."""
    readable = allowed(actor, Accounts.READ_ACCOUNT).where(Account.pk.in_([account.pk for account in accounts]))
    of = {account.pk: Stands(account) for account in actor.session.scalars(readable.order_by(Account.name, Account.pk))}
    pks = list(of)
    for pk, number, since in promises.waiting_of(actor, pks):
        of[pk].questions, of[pk].since = number, since
    for name, counted in _counted(actor, pks).items():
        for pk, value in actor.session.execute(counted):
            setattr(of[pk], name, value)
    return list(of.values())


def _counted(actor: Actor, pks: list[int]) -> dict[str, Select[Any]]:
    """(account pk, value), by the field of `Stands`."""
    ours = promises.found(actor, today_of(actor), side="ours").where(Promise.account_pk.in_(pks))
    late = promises.found(actor, today_of(actor), side="ours", state=OVERDUE).where(Promise.account_pk.in_(pks))
    plays = allowed(actor, Accounts.READ_CONTACT).where(Contact.account_pk.in_(pks), Contact.left_at.is_(None), Contact.merged_pk.is_(None))
    plays = plays.where(select(ContactRole.pk).where(ContactRole.contact_pk == Contact.pk, current(ContactRole)).exists())
    wrote = select(Post.pk).where(Post.author_pk == Contact.person_pk, Post.account_pk == Contact.account_pk).exists()
    rooms = allowed(actor, Rooms.READ_WORKSPACE).with_only_columns(Workspace.pk)
    inside = (
        select(WorkspaceAccount.account_pk, func.count(Person.pk.distinct()))
        .join(Membership, Membership.workspace_pk == WorkspaceAccount.workspace_pk)
        .join(Person, Person.pk == Membership.person_pk)
        .where(WorkspaceAccount.account_pk.in_(pks), Membership.workspace_pk.in_(rooms), standing(), Person.is_staff.is_(False))
        .where(Membership.account_pk == WorkspaceAccount.account_pk)
    )
    caught = select(Event.account_pk, func.max(Event.at)).where(Event.account_pk.in_(pks), Event.kind.in_(CAUGHT))
    return {
        "overdue": _by(late, Promise.account_pk),
        "contested": _by(ours.where(Promise.state == CONTESTED), Promise.account_pk),
        "undated": _by(ours.where(Promise.state == OPEN, Promise.due.is_(None)), Promise.account_pk),
        "deciding": _by(plays, Contact.account_pk),
        "unheard": _by(plays.where(~wrote), Contact.account_pk),
        "inside": inside.group_by(WorkspaceAccount.account_pk),
        "last": caught.where(held(actor, Event.audience_pk)).group_by(Event.account_pk),
    }


def _by(found: Select[Any], account_pk: Any) -> Select[Any]:
    return found.with_only_columns(account_pk, func.count()).group_by(account_pk)
