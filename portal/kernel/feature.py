"""What a feature brings to the whole. Each says so in its room `feature.py`; wsgi.py lists the features."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Feature:
    """`declares` are the rooms whose rules, letters, jobs, documents … are declared where they are written, by being imported.

    `fills` puts what the feature has into the plug points of what stands below it; called for every house, so it assigns by name.
    """

    declares: tuple[ModuleType, ...] = ()
    pages: tuple[Any, ...] = ()  # Flask blueprints, of pages and of the API
    commands: tuple[Any, ...] = ()  # of the mainstay command
    fills: Callable[[], None] = _nothing
