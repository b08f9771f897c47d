"""Where imported messages go: a forum that the file or the importer names, or one that only the team sees."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.models import Account, AccountDomain, AccountName
from portal.imports.work import Work
from portal.kernel.actor import the_system
from portal.kernel.audiences import people_in
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.names import key
from portal.kernel.words import gettext as _
from workspaces.forums.actions.forums import make_forum
from workspaces.forums.models import Forum
from workspaces.rooms.actions import open_workspace
from workspaces.rooms.models import SHELF, Workspace

REJECT, STAFF = "reject", "staff"
ROOM, FORUM = "Imported mail", "Imported"  # names are data, and found again by them


@dataclass
class Place:
    """A forum with what writing into it needs."""

    forum: Forum
    workspace: Workspace
    accounts: dict[int, Account]  # the workspace's own, by pk
    readers: list[int] = field(default_factory=list)  # pks of the people who hold its audience now: for them it is no news

    @property
    def only(self) -> Account | None:
        return next(iter(self.accounts.values())) if len(self.accounts) == 1 else None


class Places:
    """The forums of a batch, each looked up once."""

    def __init__(self, work: Work) -> None:
        self.work, self.session = work, work.session
        self._found: dict[tuple[str, str], Place] = {}

    def of(self, workspace: str, forum: str) -> Place:
        """The forum of these names or ids; without a forum's name the one for the team. Raises Invalid where it is not there."""
        if (workspace, forum) not in self._found:
            room = workspace_named(self.session, workspace)
            self._found[workspace, forum] = self._place(room, self._forum(room, forum))
        return self._found[workspace, forum]

    def of_account(self, told: str) -> Place:
        """The forum for the team in a workspace of this account that holds imported mail alone, made where there is none yet."""
        if ("", told) not in self._found:
            account = account_named(self.session, told)
            room = self.session.scalar(
                select(Workspace)
                .where(Workspace.title == ROOM, Workspace.archived_at.is_(None), Workspace.accounts.any(Account.pk == account.pk))
                .order_by(Workspace.pk)
                .limit(1)
            )
            if room is None:
                purpose = _("Mail from before, for the team only")
                room = open_workspace(the_system(self.session), title=ROOM, accounts=[account], purpose=purpose)
                self.session.refresh(room)
            self._found["", told] = self._place(room, self._forum(room, ""))
        return self._found["", told]

    def _forum(self, room: Workspace, told: str) -> Forum:
        title = told or FORUM
        which = Forum.id == told if is_id(told) else func.lower(Forum.title) == title.lower()
        found = self.session.scalar(select(Forum).where(Forum.workspace_pk == room.pk, Forum.removed_at.is_(None), which))
        if found is not None and not told and not found.for_team:
            raise Invalid(("forum", _("The forum “%(title)s” is not for the team alone. Say which forum.", title=title)))
        if found is None and told and self.work.plan.option("new_forums") != STAFF:
            raise Invalid(("forum", _("There is no forum “%(title)s” in “%(room)s”.", title=told[:80], room=room.title)))
        return found or make_forum(the_system(self.session), room, title=title[:80], audience="staff")

    def _place(self, room: Workspace, forum: Forum) -> Place:
        if room.archived_at is not None:
            raise Invalid(("workspace", _("The workspace “%(title)s” is closed.", title=room.title)))
        readers = sorted(people_in(self.session, forum.open_audience_pk))
        return Place(forum, room, {account.pk: account for account in room.accounts}, readers)


def workspace_named(session: Session, told: str) -> Workspace:
    """The workspace of an id or a title. Raises Invalid where there is none, or several."""
    which = Workspace.id == told if is_id(told) else func.lower(Workspace.title) == told.strip().lower()
    found = list(session.scalars(select(Workspace).where(which, Workspace.kind != SHELF).limit(2)))
    if not told or not found:
        raise Invalid(("workspace", _("There is no workspace “%(title)s”.", title=told[:80])))
    if len(found) > 1:
        raise Invalid(("workspace", _("There are several workspaces “%(title)s”. Say its id.", title=told[:80])))
    return found[0]


def account_named(session: Session, told: str) -> Account:
    """The account of an id, a name, another name or a mail domain. Raises Invalid where there is none, or several."""
    named = select(AccountName.account_pk).where(AccountName.key == key(told))
    domain = select(AccountDomain.account_pk).where(AccountDomain.name == told.strip().lower())
    which = Account.id == told if is_id(told) else Account.pk.in_(named) | Account.pk.in_(domain)
    found = list(session.scalars(select(Account).where(which, Account.removed_at.is_(None)).limit(2)))
    if not told or not found:
        raise Invalid(("account", _("There is no account “%(name)s”.", name=told[:80])))
    if len(found) > 1:
        raise Invalid(("account", _("There are several accounts “%(name)s”. Say its id.", name=told[:80])))
    return found[0]
