"""Requests to be let in as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from workspaces.requests.models import STATES, EntryRequest


class EntryRequestJson(TypedDict):
    """Somebody who would like to come into a workspace."""

    id: str
    workspace: str
    name: str
    email: str
    words: str
    told_by: Annotated[str, means("Who told them of it, as they wrote it; nobody has looked whether it is so.")]
    proposed_by: Annotated[NamedJson | None, means("The colleague inside who proposed them; null where they asked from outside.")]
    account: Annotated[str | None, means("The company they would come for, where it is known.")]
    at: Moment
    state: Annotated[str, one_of(*STATES)]
    answer: Annotated[str, means("Why they were not let in, if somebody wrote it.")]
    never: Annotated[bool, means("Nothing from this address is shown in this workspace again.")]
    url: str


def request_json(row: EntryRequest) -> EntryRequestJson:
    """A request as those see it who may know of it."""
    return {
        "id": row.id,
        "workspace": row.workspace.id,
        "name": row.name,
        "email": row.email,
        "words": row.words,
        "told_by": row.told_by,
        "proposed_by": named(row.proposed_by) if row.proposed_by else None,
        "account": row.account.id if row.account else None,
        "at": rfc3339(row.created_at),
        "state": row.state,
        "answer": row.answer,
        "never": row.never,
        "url": row.path,
    }
