"""A sink that webhooks lead to, and a house that may call loopback."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from portal.hooks import actions
from portal.kernel.actor import Actor
from portal.kernel.house import House
from portal.kernel.settings import Settings
from tests.sink import Sink, sinking


@pytest.fixture
def sink() -> Iterator[Sink]:
    with sinking() as made:
        yield made


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, outbound_loopback=True)


Making = Callable[..., str]


@pytest.fixture
def make(house: House, acting: Callable[[str], AbstractContextManager[Actor]], sink: Sink) -> Making:
    """`make("rhea", "/path", kinds=["post"])`: a webhook of hers to the sink; its id."""

    def made(who: str, path: str = "/", **told: Any) -> str:
        with acting(who) as actor:
            return actions.make_webhook(actor, settings=house.settings, url=sink.url + path, **told).id

    return made
