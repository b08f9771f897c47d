"""What of a feature is findable: the registry between features, which know their words, and the index, which knows no feature."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.kernel.clock import now
from portal.kernel.outbox import OutboxRow
from portal.kernel.policy import RULES, Verbs

TOPIC = "index"  # of the outbox: documents to be indexed


@dataclass(frozen=True)
class Findable:
    """One thing as the index takes it: words, and the numbers that it is filtered by (0 is none). `of` is the id of what it is a part
    of, where a hit is told as that."""

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
    of: str = ""


@dataclass(frozen=True)
class FindableKind:
    """A kind of findable thing.

    `verb` is its reading verb: hits are fetched again through it. `make` gives None for a row that is not to be found (any more).
    `affected(session, event)` names the ids to index again because of an event; `words` are the columns that are looked through
    while the index is being rebuilt. Parts of another kind of thing are `shown_as` that.
    """

    kind: str
    number: int  # 1 to 15, never used again for another kind: makes keys unique over kinds
    verb: Verbs
    make: Callable[[Any], Findable | None]
    affected: Callable[[Session, Any], Iterable[str]]
    words: tuple[Any, ...]
    options: Callable[[], tuple[Any, ...]] = tuple
    shown_as: str = ""

    @property
    def model(self) -> Any:
        return RULES[self.verb].model

    @property
    def told(self) -> str:
        """The kind that its hits are counted and filtered as."""
        return self.shown_as or self.kind


FINDABLE: dict[str, FindableKind] = {}


def findable(made: FindableKind) -> FindableKind:
    """Register a kind, once."""
    FINDABLE[made.kind] = made
    return made


def index_again(session: Session, kind: str, ids: Iterable[str]) -> None:
    """For what changes without an event, being made of something else: have these things indexed as they are now, in this transaction."""
    rows = [{"topic": TOPIC, "key": f"{kind}:{id}", "payload": {"key": f"{kind}:{id}"}, "due_at": now()} for id in ids]
    if rows:
        session.execute(insert(OutboxRow), rows)
