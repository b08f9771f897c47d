"""What of the plan is in a copy: every step and milestone, with the days it was due and whose it is."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.copying import Chapter, Data, Item, Page, Scope, chapter, copied, in_steps
from portal.kernel.policy import allowed
from portal.kernel.words import gettext as _
from portal.people.models import Person
from portal.people.shapes import named
from workspaces.plan.models import PlanDue, PlanItem, PlanOwner
from workspaces.plan.policy import May
from workspaces.plan.queries import shown
from workspaces.rooms.copies import own_rooms_of


def _items_of(account_pk: int) -> Select[Any]:
    return select(PlanItem.pk).where(PlanItem.account_pk == account_pk)


def _owners_of(account_pk: int) -> ColumnElement[bool]:
    """Whose steps they are; in a community its own people and ours."""
    own = select(PlanItem.pk).where(PlanItem.workspace_pk.in_(own_rooms_of(account_pk)))
    known = select(Person.pk).where(or_(Person.is_staff.is_(True), Person.account_pk == account_pk))
    return and_(PlanOwner.item_pk.in_(_items_of(account_pk)), or_(PlanOwner.item_pk.in_(own), PlanOwner.person_pk.in_(known)))


copied(PlanItem, lambda account_pk: PlanItem.account_pk == account_pk)
copied(PlanDue, lambda account_pk: PlanDue.item_pk.in_(_items_of(account_pk)))
copied(PlanOwner, _owners_of)


def _within(scope: Scope, found: Select[Any]) -> Select[Any]:
    if scope.workspace is not None:
        return found.where(PlanItem.workspace_pk == scope.workspace.pk)
    return found.where(PlanItem.account_pk == scope.account.pk)


def _count(actor: Actor, scope: Scope) -> int:
    return actor.session.scalar(_within(scope, allowed(actor, May.READ_PLAN_ITEM)).with_only_columns(func.count(PlanItem.pk))) or 0


def _items(actor: Actor, scope: Scope) -> Iterator[Item]:
    yield Page("plan.html", "copies/plan.html", {"items": _listed(actor, scope)})


def _data(scope: Scope) -> Iterator[Data]:
    yield Data("data/plan.jsonl", May.READ_PLAN_ITEM, lambda asked: _within(scope, asked), _items_json)


def _listed(actor: Actor, scope: Scope) -> Iterator[dict[str, Any]]:
    """Each with whose it is; in an account's copy nobody of another company is named."""
    found = _within(scope, allowed(actor, May.READ_PLAN_ITEM)).where(PlanItem.removed_at.is_(None))
    for step in in_steps(actor.session, shown(found).options(joinedload(PlanItem.milestone)), PlanItem.pk):
        for item in step:
            theirs = [each.name for each in item.owners if scope.account is None or each.is_staff or each.account_pk == scope.account.pk]
            yield {"item": item, "owners": theirs}


def _items_json(actor: Actor, items: list[PlanItem]) -> list[dict[str, Any]]:
    """What of a step does not change by being done or moved: that stands on the page."""
    return [
        {"id": item.id, "kind": item.kind, "title": item.title, "author": named(item.added_by), "at": rfc3339(item.created_at)}
        for item in items
    ]


chapter(Chapter("plan", 25, lambda: _("Plan"), "plan.html", _count, _items, _data))
