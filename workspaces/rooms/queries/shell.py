"""What every page of a workspace shows around itself: whose it is, who works here, what is new, what the reader may do."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import holders
from portal.kernel.history import current
from portal.kernel.policy import allowed, condition
from portal.kernel.prepared import prepared
from portal.notices.queries import note_unread, unread_things
from portal.people.models import Person
from portal.people.queries import today_of
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May
from workspaces.rooms.queries.pauses import my_pause


@dataclass(frozen=True)
class Here:
    """Where, and on which of the reader's days, something is counted. Both may still be open (portal.kernel.prepared)."""

    pk: Any  # of the workspace
    today: Any


# What is new for the reader under a tab, by the tab's key ('discussions', 'files'): a scalar select, asked together with the rest.
COUNTS: dict[str, Callable[[Actor, Here], Any]] = {}

# Words for `data-only` (see reveal.js): what the reader may do here.
STANDING = {
    "takes-part": May.TAKE_PART,
    "moderate": May.MODERATE,
    "run": May.RUN_WORKSPACE,
    "settings": May.SEE_SETTINGS,
    "invite": May.INVITE,
    "view-as": May.VIEW_AS,
}
MOST_LISTED = 30
ON_THE_SHELF = frozenset({"moderate", "shelf"})  # what all staff may do there; it has no people, talk or plan


class Sides:
    """How many people of each side hold the workspace: clients by company, and ours. Counted by the same question that every channel
    asks, once a page shows it."""

    def __init__(self, actor: Actor, workspace: Workspace) -> None:
        self._actor, self._workspace = actor, workspace

    @property
    def theirs(self) -> list[tuple[str, int]]:
        return self._counted[0]

    @property
    def ours(self) -> int:
        return self._counted[1]

    @property
    def company(self) -> str | None:
        """The one company that the workspace is for."""
        if not self._workspace.is_community and self.theirs:
            return self.theirs[0][0]
        return self._workspace.accounts[0].name if len(self._workspace.accounts) == 1 else None

    @cached_property
    def _counted(self) -> tuple[list[tuple[str, int]], int]:
        rows: Any = _sides(self._actor, workspace=self._workspace.pk, audience=self._workspace.open_audience_pk).all()
        theirs = [(name, count) for is_staff, name, count in rows if name is not None]
        ours = sum(count for is_staff, _name, count in rows if is_staff)
        return sorted(theirs, key=lambda side: (-side[1], side[0])), ours


def shell(actor: Actor, workspace: Workspace, tab: str) -> dict[str, Any]:
    """The variables of layout/workspace.html for a page under this tab; a page adds its own. One query, one more where it shows how
    many of each side are here, and one more for clients with several workspaces, or who only read."""
    if workspace.is_shelf:
        return {"workspace": workspace, "may_words": ON_THE_SHELF, "may_here": " ".join(sorted(ON_THE_SHELF))}
    words, counts, places = _looked_up(actor, workspace)
    return {
        "workspace": workspace,
        "tab": tab,
        "tabs": counts,
        "sides": Sides(actor, workspace),
        "readonly": "takes-part" not in words,
        "may_here": " ".join(sorted(words)),
        "may_words": words,
        "view_as": f"{workspace.path}view" if "view-as" in words else "",
        "paused": my_pause(actor, workspace) if "takes-part" not in words and not workspace.archived else None,
        "my_workspaces": my_workspaces(actor) if places > 1 and not actor.is_staff else [],
    }


@prepared
def _sides(actor: Actor, *, workspace: Any, audience: Any) -> Any:
    meant = holders(audience).subquery()
    return (
        select(Person.is_staff, Account.name, func.count(func.distinct(Person.pk)))
        .join(meant, meant.c.person_pk == Person.pk)
        .outerjoin(Membership, and_(Membership.person_pk == Person.pk, Membership.workspace_pk == workspace, current(Membership)))
        .outerjoin(Account, and_(Account.pk == Membership.account_pk, Person.is_staff.is_(False)))
        .group_by(Person.is_staff, Account.pk, Account.name)
    )


def tabs(actor: Actor, workspace: Workspace) -> dict[str, int]:
    """What is new for the reader, by tab."""
    return _looked_up(actor, workspace)[1]


def counts(actor: Actor, workspace: Workspace) -> dict[str, int]:
    """The same for the tabs that the reader has: requests and promises have none, and only who moderates has that of moderation."""
    words, new, _places = _looked_up(actor, workspace)
    without = {"requests", "promises"} if "moderate" in words else {"requests", "promises", "moderation"}
    return {tab: number for tab, number in new.items() if tab not in without}


def standing(actor: Actor, workspace: Workspace) -> frozenset[str]:
    """What the reader may do here, of STANDING, in one question."""
    return _looked_up(actor, workspace)[0]


def _looked_up(actor: Actor, workspace: Workspace) -> tuple[frozenset[str], dict[str, int], int]:
    """What the reader may do here, what is new for them by tab, and in how many workspaces they are; and on the way how much waits in
    their inbox, which every page shows."""
    row: Any = _asked(actor, workspace=workspace.pk, today=today_of(actor)).one()
    note_unread(actor, row[-1])
    may, new = row[: len(STANDING)], row[len(STANDING) : -2]
    words = frozenset(word for word, allows in zip(STANDING, may, strict=True) if allows)
    return words, dict(zip(COUNTS, new, strict=True)), row[-2]


@prepared
def _asked(actor: Actor, *, workspace: Any, today: Any) -> Any:
    here = Here(workspace, today)
    memberships = select(func.count()).where(Membership.person_pk == actor.pk, current(Membership)).scalar_subquery()
    may = (condition(actor, verb) for verb in STANDING.values())
    new = (count(actor, here) for count in COUNTS.values())
    return select(*may, *new, memberships, unread_things(actor).scalar_subquery()).where(Workspace.pk == workspace)


def my_workspaces(actor: Actor) -> list[dict[str, str]]:
    """The client's own workspaces for the switcher: those they are a member of, archived ones last."""
    mine = (
        allowed(actor, May.READ_WORKSPACE)
        .join(Membership, and_(Membership.workspace_pk == Workspace.pk, Membership.person_pk == actor.pk, current(Membership)))
        .order_by(Workspace.archived_at.is_not(None), Workspace.title, Workspace.pk)
    )
    return [{"title": each.title, "path": each.path} for each in actor.session.scalars(mine.limit(MOST_LISTED))]
