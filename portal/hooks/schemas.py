"""Shape and bounds of what is told of webhooks."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from portal.accounts.schemas import Moment
from portal.kernel.schemas import Schema, line
from portal.kernel.shapes import means

MOST_KINDS = 60


class ChangesAsked(TypedDict, total=False):
    """Which part of the change feed."""

    after: Annotated[str, means("The id of the last line one has.")]
    limit: Annotated[int, means("At most 200; 50 without it.")]
    kind: Annotated[str, means("One or more kinds, or their first halves, by comma.")]
    account: Annotated[str, means("An account's id.")]
    workspace: Annotated[str, means("A workspace's id.")]


class WebhooksAsked(TypedDict, total=False):
    """Whose webhooks."""

    owner: Annotated[str, means("`all`: everybody's, for admins.")]


class DeliveriesAsked(TypedDict, total=False):
    """Which deliveries."""

    state: Annotated[str, means("`waiting`, `delivered`, `withheld` or `dead`.")]


class NewWebhook(Schema):
    """A new webhook. Without a name it goes by its host."""

    url: line(500, 1)
    name: line(80) = ""
    kinds: list[line(40, 1)] = Field(default=[], max_length=MOST_KINDS)
    account: line(22) | None = None
    workspace: line(22) | None = None
    team: bool = False


class WebhookChange(Schema):
    """What may be changed of a webhook; what is not sent stays."""

    url: line(500, 1) = ""
    name: line(80) = ""
    kinds: list[line(40, 1)] = Field(default=[], max_length=MOST_KINDS)
    account: line(22) | None = None
    workspace: line(22) | None = None
    team: bool = False


class Replay(Schema):
    """Which deliveries are sent again: those given up, of events recorded since then; without it all of them."""

    since: Moment | None = None
