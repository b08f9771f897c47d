"""On every engine; and what is written is looked at by the worker's own way."""

import pytest

from tests.portal.cli.conftest import mainstay
from tests.search.both import settings
from tests.workings import drain
from workspaces.forums import actions as forums
from workspaces.forums.models import Topic

__all__ = ["mainstay", "settings"]


@pytest.fixture
def say(acting, world, house):
    """`say("petra", "…")`: a message in the shared topic, looked at; its id."""

    def written(name: str, body: str, **more: object) -> str:
        with acting(name) as actor:
            post = forums.post_message(actor, actor.session.get_one(Topic, world.pks["topic"]), body=body, **more)
            id = post.id
        drain(house, topics=("index",))
        return id

    return written
