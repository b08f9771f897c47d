"""Shape and bounds of what is told of webhooks."""

from pydantic import Field

from portal.accounts.schemas import Moment
from portal.kernel.schemas import Schema, line

MOST_KINDS = 60


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
