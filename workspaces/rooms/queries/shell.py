"""What every page of a workspace shows around itself: whose it is, who works here, what is new, what the reader may do."""

from collections.abc import Callable
from typing import Any, TypedDict

from sqlalchemy import and_, func, select

from portal.accounts.models import Account
from portal.kernel.actor import Actor
from portal.kernel.audiences import people_in
from portal.kernel.history import current
from portal.kernel.policy import allowed, condition
from portal.people.models import Person
from workspaces.rooms.models import Membership, Workspace
from workspaces.rooms.policy import May

# What is new for the reader under a tab, by the tab's key ('discussions', 'files'): `count(actor, workspace)`, filled in by wsgi.py.
COUNTS: dict[str, Callable[[Actor, Workspace], int]] = {}

# Words for `data-only` (see reveal.js): what the reader may do here.
STANDING = {
    "takes-part": May.TAKE_PART,
    "moderate": May.MODERATE,
    "run": May.RUN_WORKSPACE,
    "settings": May.SEE_SETTINGS,
    "invite": May.INVITE,
}
MOST_LISTED = 30


class Sides(TypedDict):
    """How many people of each side hold the workspace: clients by company, and ours."""

    theirs: list[tuple[str, int]]
    ours: int


def shell(actor: Actor, workspace: Workspace, tab: str) -> dict[str, Any]:
    """The variables of layout/workspace.html for a page under this tab; a page adds its own."""
    words = standing(actor, workspace)
    return {
        "workspace": workspace,
        "tab": tab,
        "tabs": tabs(actor, workspace),
        "sides": sides(actor, workspace),
        "readonly": "takes-part" not in words,
        "may_here": " ".join(sorted(words)),
        "may_words": words,
        "company": workspace.accounts[0].name if len(workspace.accounts) == 1 else None,
        "my_workspaces": [] if actor.is_staff else my_workspaces(actor),
    }


def sides(actor: Actor, workspace: Workspace) -> Sides:
    """Who can see the workspace, counted by the same question that every channel asks."""
    pks = people_in(actor.session, workspace.open_audience_pk)
    ours = actor.session.scalar(select(func.count()).select_from(Person).where(Person.pk.in_(pks), Person.is_staff.is_(True)))
    theirs = (
        select(Account.name, func.count())
        .join(Membership, Membership.account_pk == Account.pk)
        .where(Membership.workspace_pk == workspace.pk, current(Membership), Membership.person_pk.in_(pks))
        .group_by(Account.pk, Account.name)
        .order_by(func.count().desc(), Account.name)
    )
    return Sides(theirs=[(name, count) for name, count in actor.session.execute(theirs)], ours=ours or 0)


def tabs(actor: Actor, workspace: Workspace) -> dict[str, int]:
    """What is new for the reader, by tab."""
    return {tab: count(actor, workspace) for tab, count in COUNTS.items()}


def standing(actor: Actor, workspace: Workspace) -> frozenset[str]:
    """What the reader may do here, of STANDING, in one question."""
    asked = [condition(actor, verb).label(word.replace("-", "_")) for word, verb in STANDING.items()]
    row = actor.session.execute(select(*asked).where(Workspace.pk == workspace.pk)).one()
    return frozenset(word for word, may in zip(STANDING, row, strict=True) if may)


def my_workspaces(actor: Actor) -> list[dict[str, str]]:
    """The client's own workspaces for the switcher: those they are a member of, archived ones last."""
    mine = (
        allowed(actor, May.READ_WORKSPACE)
        .join(Membership, and_(Membership.workspace_pk == Workspace.pk, Membership.person_pk == actor.pk, current(Membership)))
        .order_by(Workspace.archived_at.is_not(None), Workspace.title, Workspace.pk)
    )
    return [{"title": each.title, "path": each.path} for each in actor.session.scalars(mine.limit(MOST_LISTED))]
