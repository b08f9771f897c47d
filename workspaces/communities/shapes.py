"""Introductions as the API has them."""

from typing import Annotated

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.clock import rfc3339
from portal.kernel.shapes import Moment, means, one_of
from portal.people.shapes import NamedJson, named
from workspaces.communities.models import STATES, Introduction


class IntroductionJson(TypedDict):
    """A member who is introduced to a community, or two who are introduced to one another."""

    id: str
    workspace: str
    person: NamedJson
    other: NamedJson | None
    words: str
    asked_by: NamedJson
    at: Moment
    state: Annotated[str, one_of(*STATES)]
    mine: Annotated[bool | None, means("What the caller said to it; null where they have not, or are not asked.")]
    post: Annotated[str | None, means("The message that introduced them.")]
    url: str


def introduction_json(actor: Actor, row: Introduction) -> IntroductionJson:
    """An introduction; what the other said is theirs until both have said yes."""
    mine = row.one_says if row.one_pk == actor.pk else row.other_says if row.other_pk == actor.pk else None
    return {
        "id": row.id,
        "workspace": row.workspace.id,
        "person": named(row.one),
        "other": named(row.other) if row.other else None,
        "words": row.words,
        "asked_by": named(row.asked_by),
        "at": rfc3339(row.created_at),
        "state": row.state,
        "mine": mine,
        "post": row.post.id if row.post else None,
        "url": row.path,
    }
