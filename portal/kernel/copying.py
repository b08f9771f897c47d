"""Copies: what can be taken away of an account, or of a workspace, to be read without us. The registry between features, which know
what they hold, and whoever writes the copy, who knows no feature.

A *table* says which of its rows are an account's: they go into its copy as data and come back from it. A *chapter* says what people
read, for an actor: every read in it starts from `allowed`. A table that is in no copy says why.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.db import Base
from portal.kernel.events import Chain, Event
from portal.kernel.policy import RULES, Verbs, allowed

STEP = 500  # rows in memory


@dataclass(frozen=True)
class Copied:
    """A table of which rows are an account's: `mine(account pk)` is the condition. `kept` columns stay behind: they are worth
    something only here, like the hash of a secret."""

    name: str
    mine: Callable[[int], ColumnElement[bool]] | None  # None: what the others point at
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """What is copied: an account with everything of it, or one workspace."""

    account: Any = None
    workspace: Any = None


@dataclass(frozen=True)
class Page:
    """A page to be read: its path in the copy, and the template that makes it. Values may be iterators."""

    path: str
    template: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Data:
    """Things as JSON, one a line: those of a reading verb that are in `found`, shown by `show(actor, rows)`; each has an `id`."""

    path: str
    verb: Verbs
    found: Callable[[Select[Any]], Select[Any]]
    show: Callable[[Actor, list[Any]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Bytes:
    """Stored bytes under a path of the copy."""

    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Lines:
    """Things as JSON that are not asked for again, like who was there."""

    path: str
    rows: Iterable[dict[str, Any]]


Item = Page | Lines | Bytes


@dataclass(frozen=True)
class Chapter:
    """A part of a copy. `count` is how many things it has for this actor, `items` what it is made of; its first page is `path`.
    `place` says where it stands among the others."""

    name: str
    place: int
    title: Callable[[], str]
    path: str
    count: Callable[[Actor, Scope], int]
    items: Callable[[Actor, Scope], Iterable[Item]]
    data: Callable[[Scope], Iterable[Data]] = lambda scope: ()  # of a workspace; an account's rows are in its copy as they are
    scopes: frozenset[str] = field(default=frozenset({"account", "workspace"}))


COPIED: dict[str, Copied] = {}
LEFT_OUT: dict[str, str] = {}
CHAPTERS: dict[str, Chapter] = {}


def copied(model: Any, mine: Callable[[int], ColumnElement[bool]] | None, *, kept: Iterable[str] = ()) -> None:
    """Register a table, once."""
    COPIED[model.__tablename__] = Copied(model.__tablename__, mine, frozenset(kept))


def left_out(why: str, *tables: str) -> None:
    """These tables are in no copy."""
    LEFT_OUT.update(dict.fromkeys(tables, why))


def chapter(made: Chapter) -> Chapter:
    """Register a chapter, once."""
    CHAPTERS[made.name] = made
    return made


def chapters(scope: Scope) -> list[Chapter]:
    """Those that a copy of this has, in the order of reading."""
    of = "account" if scope.account is not None else "workspace"
    return sorted((made for made in CHAPTERS.values() if of in made.scopes), key=lambda made: made.place)


def file_path(id: str, number: int, name: str) -> str:
    """Where a version of a file lies in a copy: no character in it means something to a shell, a disk or a list of hashes."""
    cleaned = re.sub(r"[^\w.,()+ -]+", "_", name).strip(" .") or "file"
    stem, dot, end = cleaned.rpartition(".")
    short = f"{stem[:80]}{dot}{end[:20]}" if dot else cleaned[:100]
    return f"files/{id}/{number}-{short}"


def in_steps(session: Session, found: Select[Any], key: Any) -> Iterator[list[Any]]:
    """The rows of a select in the order of a unique column, some at a time, however many there are."""
    after = found.order_by(key).limit(STEP)
    while rows := list(session.scalars(after).unique()):
        yield rows
        after = found.where(key > getattr(rows[-1], key.key)).order_by(key).limit(STEP)


def rows_of(actor: Actor, data: Data) -> Iterator[list[Any]]:
    """The rows of a chapter's data that the actor may read."""
    yield from in_steps(actor.session, data.found(allowed(actor, data.verb)), RULES[data.verb].model.pk)


def _its_chain(account_pk: int) -> ColumnElement[bool]:
    account = Base.metadata.tables["account"]
    return Chain.name.in_(select(account.c.id).where(account.c.pk == account_pk))


copied(Event, lambda account_pk: Event.account_pk == account_pk)
copied(Chain, _its_chain)
left_out("work of this installation that is under way", "outbox", "periodic", "bus", "kept_answer", "index_state")
