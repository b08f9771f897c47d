"""What one process is made of: built once by the composition root, handed to web, worker and commands."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from portal.kernel.bus import Bus
from portal.kernel.db import Database
from portal.kernel.settings import Settings
from portal.kernel.storage import Storage


@dataclass
class House:
    """The ports behind which the adapters stand; features never ask which one is there."""

    settings: Settings
    db: Database
    storage: Storage
    bus: Bus
    another: "Callable[[Settings], House]"  # a house of its own on other settings: for rehearsals
    post: Any = None  # portal.mail.transport: sends mail
    search: Any = None  # search.engines: the index
    extras: dict[str, Any] = field(default_factory=dict)
    ending: list[Callable[[], None]] = field(default_factory=list)  # what asks the database by itself, and must have ended before it closes

    def close(self) -> None:
        """Let go of everything that is open."""
        for end in self.ending:
            end()
        self.bus.close()
        if self.search is not None:
            self.search.close()
        self.db.close()
