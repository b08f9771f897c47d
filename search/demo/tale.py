"""What the teller knows while the story is told: the session, the things made so far by their keys, and the documents."""

import re
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel.actor import Actor, the_system
from portal.kernel.house import House
from portal.kernel.markdown import mention
from search.demo.script import Scene
from workspaces.library.receiving import Received
from workspaces.rooms import actions as rooms

NAMED = re.compile(r"(?<!\w)@([a-z]+)\b")
LINKED = re.compile(r"\]\(#([\w.-]+)\)")


@dataclass
class Tale:
    """Things are kept by key: people, accounts, workspaces and what is in them."""

    house: House
    session: Session
    papers: dict[str, Received]
    things: dict[str, Any] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        return the_system(self.session) if who == "system" else Actor(self.session, self.things[who])

    def keep(self, key: str, thing: Any) -> None:
        if key in self.things:
            raise ValueError(f"the story has two things called {key}")
        self.things[key] = thing

    def words(self, scene: Scene) -> str:
        """A scene's body, with @keys as mentions and links to #keys as links to the things."""
        named = NAMED.sub(self._mention, scene.body)
        return LINKED.sub(lambda found: f"]({self.things[found[1]].path})", named)

    def was_here(self, who: str, workspace: Any) -> None:
        """Whoever does something in a workspace is there."""
        rooms.note_visit(self.actor(who), workspace)

    def files(self, scene: Scene) -> list[Received]:
        return [self.papers[name] for name in scene.listed("files", ";")]

    def _mention(self, found: re.Match[str]) -> str:
        person = self.things[found[1]]
        return mention(person.name, person.id)
