"""Shape and bounds of what is told of a handover."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from portal.kernel.schemas import Schema, line
from workspaces.rooms.schemas import Id

MOST = 2000


def _one(value: object) -> object:
    """A form tells of one account as of several."""
    return [value] if isinstance(value, str) else value


class Choosing(Schema):
    """From a page: to whom, an id or address, and which accounts; without any it is about everything. `leaves`: their access ends with
    it."""

    to: line(254, 1)
    accounts: Annotated[list[Id], BeforeValidator(_one), Field(max_length=MOST)] = []
    announce: bool = False
    leaves: bool = False


class HandingOver(Choosing):
    """From whom to whom: ids or addresses. Without accounts it is about everything. `leaves`: their access ends with it."""

    from_: line(254, 1) = Field(alias="from")
    dry_run: bool = False
