"""What is asked of a calendar address."""

from typing import Literal

from portal.kernel.schemas import Schema


class FeedForm(Schema):
    """What it holds."""

    holds: Literal["own", "all"] = "own"


class FeedChange(Schema):
    """The same of the API; `renew` gives another address."""

    holds: Literal["own", "all"] = "own"
    renew: bool = False
