"""The port through which what a client writes first in a workspace waits for a look. Moderation, which stands above forums, puts its
answer here; the actions ask it before they write, so that no way of writing goes past it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from typing_extensions import TypedDict

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.shapes import Moment, means, one_of
from portal.kernel.words import gettext as _
from portal.people.shapes import NamedJson
from workspaces.rooms.models import Workspace


class HeldFileJson(TypedDict):
    """A file that came with a message that waits."""

    id: str
    name: str
    size: Annotated[int, means("In bytes.")]
    mime: str
    url: str


class HeldJson(TypedDict):
    """A first message that waits for a moderator: no message yet, and seen by its author and the moderators alone."""

    id: str
    workspace: str
    forum: str
    topic: Annotated[str | None, means("The discussion that it is for; null where it starts one.")]
    title: Annotated[str, means("Of the discussion that it starts.")]
    kind: Annotated[str, means("Of what it starts: `discussion` or `question`; empty where it starts none.")]
    tags: list[str]
    body: str
    author: NamedJson
    at: Moment
    version: Annotated[int, means("Counts its changes; who lets it through says which one they have read.")]
    files: list[HeldFileJson]
    state: Annotated[str, one_of("waiting", "approved", "refused", "withdrawn")]
    reason: Annotated[str, means("Why it was refused.")]
    post: Annotated[str | None, means("The message that it has become.")]
    url: str


@dataclass
class HoldPort:
    """What forums ask of moderation."""

    # Whether what the actor writes in this workspace waits for a look first.
    due: Callable[[Actor, Workspace], bool] = lambda actor, workspace: False
    # In place of post_message and start_topic, with what they take; what waits then.
    message: Callable[..., Any] = lambda actor, topic, **written: None
    topic: Callable[..., Any] = lambda actor, forum, **written: None
    # What waits, as the API has it.
    shown: Callable[[Any], HeldJson] = lambda waits: {}  # type: ignore[typeddict-item]
    # What of the actor's waits in a topic or, without one, as a new one, as a part of its page.
    part: Callable[[Any], str] = lambda waits: ""


HOLD = HoldPort()


def refuse_unseen(actor: Actor, workspace: Workspace, field: str = "body") -> None:
    """For whoever is about to write a message: raise Invalid where it would have to wait, and cannot."""
    if HOLD.due(actor, workspace):
        raise Invalid((field, _("What you write here first waits for a look. Write in a discussion first, and this once that is there.")))
