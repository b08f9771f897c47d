"""Messages are looked at by the worker's own way."""

import pytest

from search.names import actions
from search.names.actions import Told
from tests.search.categories.conftest import say
from tests.search.categories.test_categories import labels
from tests.workings import drain

__all__ = ["labels", "say"]


@pytest.fixture
def know(acting, house):
    """`know("competitor", "Hydrix", …)`: names on the list, by the manager, and every message looked at; the id of the first."""

    def written(kind: str, name: str, *aliases: str, **more: object) -> str:
        with acting("mona") as mona:
            id = actions.add_names(mona, told=[Told(name, aliases)], kind=kind, **more)[0][0].id
        drain(house, topics=("names", "index"))
        return id

    return written
