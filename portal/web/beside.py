"""What runs beside the pages in each web process: features say so here, and the launcher starts it after the fork."""

import threading
from collections.abc import Callable

from portal.kernel.house import House

BESIDE: dict[str, Callable[[House], None]] = {}


def beside(name: str) -> Callable[[Callable[[House], None]], Callable[[House], None]]:
    """Declare `run(house)`, which goes on for as long as the process does."""

    def declare(run: Callable[[House], None]) -> Callable[[House], None]:
        BESIDE[name] = run
        return run

    return declare


def start(house: House) -> None:
    for name, run in BESIDE.items():
        threading.Thread(target=run, args=(house,), name=name, daemon=True).start()
