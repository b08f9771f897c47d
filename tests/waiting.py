"""Waiting for what another thread, process or server is about to do."""

import time
from collections.abc import Callable

PATIENCE = 60.0  # seconds; a machine that builds something else beside us is slow


def eventually(true: Callable[[], object], most: float = PATIENCE) -> None:
    """Until it is true; fails where it does not come true within `most` seconds."""
    until = time.monotonic() + most
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)
