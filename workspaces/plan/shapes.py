"""Steps and milestones as the API has them."""

from datetime import date
from typing import Annotated

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from workspaces.plan.models import PlanItem

DayJson = Annotated[str, WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-19"]})]


class PlanItemJson(TypedDict):
    """A step of the plan, or a milestone that steps lead to."""

    id: str
    workspace: str
    kind: Annotated[str, one_of("step", "milestone")]
    title: str
    owner: Annotated[NamedJson | None, means("The first of `owners`.")]
    owners: list[NamedJson]
    due: DayJson | None
    was_due: Annotated[list[DayJson], means("The days it was to be done before it was moved.")]
    milestone: Annotated[str | None, means("The id of the milestone that the step leads to.")]
    state: Annotated[str, one_of("todo", "doing", "done")]
    done: bool
    done_at: Moment | None
    author: Annotated[NamedJson, means("Who added it.")]
    at: Moment
    url: str


def item_json(item: PlanItem) -> PlanItemJson:
    owners = [named(person) for person in item.owners]
    return {
        "id": item.id,
        "workspace": item.workspace.id,
        "kind": item.kind,
        "title": item.title,
        "owner": owners[0] if owners else None,
        "owners": owners,
        "due": _day(item.due),
        "was_due": [day.isoformat() for day in item.was_due],
        "milestone": item.leads_to.id if item.leads_to else None,
        "state": item.state,
        "done": item.done,
        "done_at": rfc3339(item.done_at) if item.done_at else None,
        "author": named(item.added_by),
        "at": rfc3339(item.created_at),
        "url": item.path,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
