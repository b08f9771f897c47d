"""Files that come in as people send them, and the worker's turn at them."""

from collections.abc import Callable

import pytest

from portal.kernel.house import House
from portal.kernel.outbox import CONSUMERS
from portal.kernel.worker import drain
from tests.cast import World
from workspaces.library import actions
from workspaces.library.models import File, Folder
from workspaces.library.receiving import take


@pytest.fixture
def work(house: House) -> Callable[[], None]:
    """Everything that waits to be read and indexed, as the worker does it."""

    def turn() -> None:
        for topic in ("previews", "index"):
            while drain(house, CONSUMERS[topic]):
                pass

    return turn


@pytest.fixture
def add(house: House, acting: Callable, world: World, work: Callable[[], None]) -> Callable[..., str]:
    """`add("a.pdf", b"…")`: a file of Petra's, read and indexed; its address. Likewise by others, into other folders."""

    def added(name: str, content: bytes, *, who: str = "petra", folder: str = "folder") -> str:
        received = take(house.storage, name, [content], 10**8)
        with acting(who) as actor:
            file: File = actions.add_file(actor, actor.session.get_one(Folder, world.pks[folder]), received=received)
            path = file.path
        work()
        return path

    return added
