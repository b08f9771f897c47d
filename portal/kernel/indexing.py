"""What of a feature is findable: the registry between features, which know their words, and the index, which knows no feature."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.kernel.policy import RULES, Verbs


@dataclass(frozen=True)
class Findable:
    """One thing as the index takes it: words, and the numbers that it is filtered by (0 is none)."""

    kind: str
    id: str
    pk: int
    audience_pk: int
    account_pk: int
    workspace_pk: int
    author_pk: int
    at: datetime
    title: str
    body: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindableKind:
    """A kind of findable thing.

    `verb` is its reading verb: hits are fetched again through it. `make` gives None for a row that is not to be found (any more).
    `affected(session, event)` names the ids to index again because of an event; `words` are the columns that are looked through
    while the index is being rebuilt.
    """

    kind: str
    number: int  # 1 to 15, never used again for another kind: makes keys unique over kinds
    verb: Verbs
    make: Callable[[Any], Findable | None]
    affected: Callable[[Session, Any], Iterable[str]]
    words: tuple[Any, ...]
    options: Callable[[], tuple[Any, ...]] = tuple

    @property
    def model(self) -> Any:
        return RULES[self.verb].model


FINDABLE: dict[str, FindableKind] = {}


def findable(made: FindableKind) -> FindableKind:
    """Register a kind, once."""
    FINDABLE[made.kind] = made
    return made
