"""What is asked of a calendar address."""

from typing import Literal

from portal.kernel.schemas import Schema


class FeedForm(Schema):
    """What it holds."""

    holds: Literal["own", "all"] = "own"


class FeedChange(FeedForm):
    """The same of the API; `renew` gives another address."""

    renew: bool = False
