"""A plan in the room of Calder Water: a milestone, a step of Petra's under it, one of Rhea's beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from portal.people.models import Person
from workspaces.plan import actions
from workspaces.plan.models import MILESTONE, PlanItem
from workspaces.rooms.models import Workspace

AGREED = date(2026, 11, 24)


@dataclass
class Made:
    """Ids and keys of what is on the plan."""

    ids: dict[str, str]
    pks: dict[str, int]


def add(actor: Any, world: Any, title: str, *, owners: tuple[str, ...] = (), room: str = "room", **more: Any) -> PlanItem:
    people = [actor.session.get_one(Person, world.pks[name]) for name in owners]
    workspace = actor.session.get_one(Workspace, world.pks[room])
    return actions.add_item(actor, workspace, title=title, owners=people, **more)  # type: ignore[no-any-return]


@pytest.fixture
def plan(acting: Callable[..., Any], world: Any) -> Made:
    with acting("rhea") as rhea:
        goal = add(rhea, world, "Go-live", kind=MILESTONE, due=date(2027, 2, 8))
        supply = add(rhea, world, "Confirm the 24 V supply", owners=("petra", "mark"), due=AGREED, milestone=goal)
        kit = add(rhea, world, "Send the kit list", owners=("rhea",))
        rows = {"goal": goal, "supply": supply, "kit": kit}
        return Made({key: row.id for key, row in rows.items()}, {key: row.pk for key, row in rows.items()})
