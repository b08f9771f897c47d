"""What the background worker listens to beside its work, such as letters that come in. Features say so here."""

import threading
from collections.abc import Callable

from portal.kernel.house import House

Listen = Callable[[House, threading.Event], None]
LISTENERS: dict[str, Listen] = {}


def listens(name: str) -> Callable[[Listen], Listen]:
    """Declare `listen(house, stop)`, which goes on until `stop` is set; where there is nothing to listen to it returns at once."""

    def declare(listen: Listen) -> Listen:
        LISTENERS[name] = listen
        return listen

    return declare


def threads(house: House, stop: threading.Event) -> list[threading.Thread]:
    """One for each, not yet started."""
    return [threading.Thread(target=listen, args=(house, stop), name=name, daemon=True) for name, listen in LISTENERS.items()]
