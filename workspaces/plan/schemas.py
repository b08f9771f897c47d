"""Shape and bounds of what is said about the plan."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from portal.kernel.schemas import Schema, line, text
from portal.kernel.words import gettext as _

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)
MOST_OWNERS = 20


def _day(value: Any) -> Any:
    """A day as forms and JSON write it, and nothing that merely could be read as one."""
    if value is None or isinstance(value, date):
        return value
    try:
        if not isinstance(value, str) or len(value) != 10:
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(_("Write a date such as 2026-11-19.")) from None


def _sensible(value: date | None) -> date | None:
    if value is not None and not FIRST <= value < LAST:
        raise ValueError(_("Choose a day between 2000 and 2100."))
    return value


Day = Annotated[
    date | None, BeforeValidator(_day), AfterValidator(_sensible), WithJsonSchema({"type": ["string", "null"], "format": "date"})
]
Id = line(22)
Owners = Annotated[list[Id], Field(max_length=MOST_OWNERS)]


class NewItem(Schema):
    """A step or milestone as the API makes it; `owner` is one person's id, or a list."""

    title: line(160, 1)
    owner: line(22) | Owners | None = None
    due: Day = None
    milestone: line(22) | None = None
    kind: Literal["step", "milestone"] = "step"

    @property
    def owners(self) -> list[str]:
        return [self.owner] if isinstance(self.owner, str) else list(self.owner or ())


class ItemPatch(Schema):
    """What the API changes of an item; what is not sent stays. `done` is short for the state."""

    title: line(160, 1) | None = None
    owner: line(22) | Owners | None = None
    due: Day = None
    milestone: line(22) | None = None
    done: bool | None = None
    state: Literal["todo", "doing", "done"] | None = None

    @property
    def owners(self) -> list[str]:
        return [self.owner] if isinstance(self.owner, str) else list(self.owner or ())


class ItemForm(Schema):
    """The same from a page, whose owners are boxes that are ticked or not."""

    title: line(160, 1)
    due: Day = None
    milestone: line(22) = ""
    kind: Literal["step", "milestone"] = "step"


class StateForm(Schema):
    """How far it is."""

    state: Literal["todo", "doing", "done"]


class StartForm(Schema):
    """What an empty plan is filled with: a template's name, or the id of a workspace to copy from."""

    template: line(30, 1)
    first: Day = None


class Saying(Schema):
    """The first words about a step."""

    body: text(20_000, 1)
