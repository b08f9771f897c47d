"""Promises as somebody may see them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Account, Note
from portal.kernel.actor import Actor
from portal.kernel.policy import allowed
from search.promises.models import CONTESTED, OPEN, OVERDUE, STATES, Promise, PromiseFact
from search.promises.policy import May
from workspaces.forums.models import Post
from workspaces.rooms.models import Workspace
from workspaces.rooms.policy import open_for_writing
from workspaces.rooms.queries import Here

MOST = 200  # of a list on a page
NEVER = date.max
TOLD = (OPEN, OVERDUE, *STATES[1:])  # as people are told them


@dataclass
class Counts:
    """How many promises there are in each state, ours and theirs."""

    ours: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOLD, 0))
    theirs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TOLD, 0))

    def of(self, state: str) -> int:
        return self.ours[state] + self.theirs[state]


def found(
    actor: Actor,
    today: date,
    *,
    account: Account | None = None,
    workspace: Workspace | None = None,
    state: str = "",
    side: str = "",
    person: str = "",
) -> Select[Any]:
    """The promises of an account or a workspace that the actor may see, narrowed to a state, a side (ours, theirs), who wrote them."""
    wanted = _within(allowed(actor, May.READ_PROMISE), account, workspace)
    if state:
        wanted = wanted.where(_in_state(state, today))
    if side:
        wanted = wanted.where(Promise.ours.is_(side == "ours"))
    if person:
        wanted = wanted.where(Promise.by.has(id=person))
    return wanted


def listed(actor: Actor, wanted: Select[Any], *, most: int = MOST) -> list[Promise]:
    """What is still to be kept comes first, of that what is due first, then as it was said; no more than `most`."""
    settled = case((Promise.state.in_((OPEN, CONTESTED)), 0), else_=1)
    order = (settled, func.coalesce(Promise.due, NEVER), Promise.said_at, Promise.pk)
    return list(actor.session.scalars(shown(wanted).order_by(*order).limit(most)).unique())


def sides(actor: Actor, wanted: Select[Any]) -> dict[bool, int]:
    """How many of these are ours and theirs, however few of them are listed."""
    each = wanted.with_only_columns(Promise.ours).subquery()
    found = actor.session.execute(select(each.c.ours, func.count()).group_by(each.c.ours)).all()
    return {True: 0, False: 0} | {ours: number for ours, number in found}  # noqa: C416 - a Row is no pair to the types


def shown(wanted: Select[Any]) -> Select[Any]:
    """With all that a line of it shows."""
    return wanted.options(
        joinedload(Promise.by),
        joinedload(Promise.account),
        joinedload(Promise.workspace),
        joinedload(Promise.note).joinedload(Note.account),
        joinedload(Promise.post).joinedload(Post.topic),
        joinedload(Promise.post).joinedload(Post.reply_to).joinedload(Post.author),
        selectinload(Promise.facts).joinedload(PromiseFact.by),
    )


def counted(actor: Actor, today: date, *, account: Account | None = None, workspace: Workspace | None = None) -> Counts:
    """How many of each, in one question."""
    late = case((_in_state(OVERDUE, today), OVERDUE), else_=Promise.state)
    each = _within(allowed(actor, May.READ_PROMISE), account, workspace).with_only_columns(Promise.ours, late.label("state")).subquery()
    counts = Counts()
    for ours, state, number in actor.session.execute(select(each.c.ours, each.c.state, func.count()).group_by(each.c.ours, each.c.state)):
        (counts.ours if ours else counts.theirs)[state] = number
    return counts


def rights(actor: Actor, promises: list[Promise], verb: May) -> set[int]:
    """Of these the pks of those of which the actor may say how they stand."""
    pks = [promise.pk for promise in promises]
    return set(actor.session.scalars(allowed(actor, verb).where(Promise.pk.in_(pks)).with_only_columns(Promise.pk))) if pks else set()


def count_here(actor: Actor, here: Here) -> Any:
    """How many wait in a workspace, as a scalar select: asked with what else is new there."""
    waits = allowed(actor, May.READ_PROMISE).where(Promise.workspace_pk == here.pk, Promise.state.in_((OPEN, CONTESTED)))
    return waits.with_only_columns(func.count(Promise.pk)).scalar_subquery()


def how_many_due(actor: Actor, soon: Any, mine: Any) -> Any:
    """How many promises are overdue, contested or due until a day in these accounts, as a scalar select."""
    return _due(actor, soon, mine).with_only_columns(func.count(Promise.pk)).scalar_subquery()


def due_soon(actor: Actor, until: date, mine: Any, *, most: int = MOST) -> list[Promise]:
    """Those, the actor's own first, then by day."""
    order = (case((and_(Promise.by_pk == actor.pk, Promise.ours.is_(True)), 0), else_=1), func.coalesce(Promise.due, NEVER), Promise.pk)
    return list(actor.session.scalars(shown(_due(actor, until, mine)).order_by(*order).limit(most)).unique())


def _due(actor: Actor, until: Any, mine: Any) -> Select[Any]:
    waits = or_(and_(Promise.state == OPEN, Promise.due <= until), Promise.state == CONTESTED)
    standing = or_(Promise.workspace_pk.is_(None), open_for_writing(Promise.workspace_pk))
    return allowed(actor, May.READ_PROMISE).where(waits, Promise.account_pk.in_(mine), standing)


def _within(wanted: Select[Any], account: Account | None, workspace: Workspace | None) -> Select[Any]:
    if account is not None:
        wanted = wanted.where(Promise.account_pk == account.pk)
    return wanted.where(Promise.workspace_pk == workspace.pk) if workspace is not None else wanted


def _in_state(state: str, today: date) -> ColumnElement[bool]:
    late = and_(Promise.state == OPEN, Promise.due.is_not(None), Promise.due < today)
    if state == OVERDUE:
        return late
    return and_(Promise.state == OPEN, or_(Promise.due.is_(None), Promise.due >= today)) if state == OPEN else Promise.state == state
