"""A target that hangs, drips or fails delays nobody else (fault R9), seen with the real worker."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.hooks.models import Delivery
from portal.kernel import outbound, worker
from portal.kernel.actor import Actor
from portal.kernel.house import House
from tests.cast import World
from tests.portal.hooks.conftest import Making
from tests.portal.hooks.test_sending import say
from tests.sink import Sink
from tests.waiting import eventually

Acting = Callable[[str], AbstractContextManager[Actor]]


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_the_others_are_told_while_one_hangs(
    house: House, world: World, acting: Acting, make: Making, sink: Sink, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(outbound, "TIME", 5.0)
    sink.answers["/slow"], sink.answers["/broken"] = how, 500
    for path in ("/slow", "/broken", "/well"):
        make("rhea", path, kinds=["post"])
    for n in range(3):
        say(acting, world, f"Message {n}")
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(house, stop), daemon=True)
    running.start()
    try:
        eventually(lambda: bool(sink.at("/slow")))
        eventually(lambda: len(sink.at("/well")) == 3)
        assert states(house, "/slow") == {("waiting", 0)}, "the others did not wait for it: it is still hanging"
        eventually(lambda: ("waiting", 1) in states(house, "/slow"))
        assert len(sink.at("/slow")) == 1, "it is cut, and rests"
    finally:
        stop.set()
        running.join(30)
    assert not running.is_alive()


def states(house: House, path: str) -> set[tuple[str, int]]:
    with house.db.reading() as session:
        return {(each.state, each.tries) for each in session.scalars(select(Delivery)) if each.webhook.url.endswith(path)}
