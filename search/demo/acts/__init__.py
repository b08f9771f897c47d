"""What people do in the story: one function a verb, each calling the action that a page would call."""

from collections.abc import Callable

from search.demo.acts import accounts, communities, files, people, plan, promises, references, rooms, shelf, talk
from search.demo.script import Scene
from search.demo.tale import Tale

Act = Callable[[Tale, Scene], None]
ACTS: dict[str, Act] = {
    **accounts.ACTS,
    **communities.ACTS,
    **files.ACTS,
    **people.ACTS,
    **plan.ACTS,
    **references.ACTS,
    **promises.ACTS,
    **rooms.ACTS,
    **shelf.ACTS,
    **talk.ACTS,
}
