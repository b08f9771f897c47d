"""What is under "Start here" on a workspace's home, in the order that who runs it chose."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from portal.accounts.models import Account
from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid, Refused
from portal.kernel.events import record
from portal.kernel.policy import fetch
from portal.kernel.sources import SOURCES
from portal.kernel.words import gettext as _
from workspaces.rooms.actions.workspaces import only_account
from workspaces.rooms.events import PINNED, UNPINNED
from workspaces.rooms.models import MOST_PINNED, PLAN, Pin, Workspace
from workspaces.rooms.policy import May

Thing = tuple[str, str]  # (kind, id): ("topic", …), ("file", …), or the plan: ("plan", id of the workspace)


@action(May.RUN_WORKSPACE)
def arrange_start(actor: Actor, workspace: Workspace, *, things: Sequence[Thing]) -> None:
    """Put these under "Start here", in this order, and nothing else. Raises Invalid for a fifth, and for what is not of this workspace."""
    things = list(dict.fromkeys(things))
    if len(things) > MOST_PINNED:
        raise Invalid(("pinned", _("Start here holds %(n)s things. Take one away first.", n=MOST_PINNED)))
    before = _pinned(actor, workspace)
    for thing in things:
        if thing not in before:
            _tell(actor, workspace, thing, _there(actor, workspace, thing), is_pinned=True)
    unseen = []
    for thing in before:
        if thing not in things:
            if (row := _there(actor, workspace, thing, gone=True)) is not None:
                _tell(actor, workspace, thing, row, is_pinned=False)
            elif _stands(actor, thing):
                unseen.append(thing)  # what is for others is not this actor's to take away
    actor.session.execute(delete(Pin).where(Pin.workspace_pk == workspace.pk))
    for n, (kind, id) in enumerate([*things, *unseen]):
        actor.session.add(Pin(workspace_pk=workspace.pk, kind=kind, thing=id, position=n))
    actor.session.flush()


@action(May.RUN_WORKSPACE)
def pin(actor: Actor, workspace: Workspace, thing: Thing, *, is_pinned: bool) -> None:
    """Put one thing at the end, or take it away. What was removed meanwhile takes up no room."""
    others = [each for each in _pinned(actor, workspace) if each != thing and _there(actor, workspace, each, gone=True) is not None]
    arrange_start(actor, workspace, things=[*others, thing] if is_pinned else others)


@action(May.RUN_WORKSPACE)
def move_pin(actor: Actor, workspace: Workspace, thing: Thing, *, by: int) -> None:
    """One further up (-1) or down (1)."""
    things = _pinned(actor, workspace)
    if thing in things and 0 <= (to := things.index(thing) + by) < len(things):
        things.remove(thing)
        things.insert(to, thing)
    arrange_start(actor, workspace, things=things)


def _pinned(actor: Actor, workspace: Workspace) -> list[Thing]:
    found = select(Pin.kind, Pin.thing).where(Pin.workspace_pk == workspace.pk).order_by(Pin.position)
    return [(kind, id) for kind, id in actor.session.execute(found)]


def _stands(actor: Actor, thing: Thing) -> bool:
    """Whether it was not removed, whoever may see it."""
    of = SOURCES[thing[0]].model
    return actor.session.scalar(select(of.pk).where(of.id == thing[1], of.removed_at.is_(None))) is not None


def _there(actor: Actor, workspace: Workspace, thing: Thing, *, gone: bool = False) -> Any:
    """The row of a thing of this workspace; with `gone` None where the actor may not see it (any more), else Invalid."""
    kind, id = thing
    row: Any = workspace if kind == PLAN and id == workspace.id else None
    if kind in ("topic", "file") and kind in SOURCES:
        try:
            row = fetch(actor, SOURCES[kind].verb, id)
        except Refused:
            row = None
    if row is not None and (row is workspace or row.workspace_pk == workspace.pk):
        return row
    if gone:
        return None
    raise Invalid(("items", _("Choose a discussion, a file or the plan of this workspace.")))


def _tell(actor: Actor, workspace: Workspace, thing: Thing, row: Any, *, is_pinned: bool) -> None:
    kinds, kind = PINNED if is_pinned else UNPINNED, thing[0]
    whole = row is workspace
    pk = None if whole else row.account_pk
    record(
        actor,
        kinds[kind],
        row,
        audience_pk=workspace.open_audience_pk if whole else row.audience_pk,
        account=actor.session.get(Account, pk) if pk else only_account(workspace),
        workspace_pk=workspace.pk,
        facts={} if whole else {"name": SOURCES[kind].title(row)},
    )
