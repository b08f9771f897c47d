"""Sources: how an event, a hit or a citation finds the thing itself, asked through the thing's own reading verb."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.kernel.actor import Actor
from portal.kernel.policy import Verbs, allowed


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be pointed at. `url` is a path of this server; `excerpt` plain text."""

    kind: str
    model: Any
    verb: Verbs
    url: Callable[[Any], str]
    title: Callable[[Any], str]
    excerpt: Callable[[Any], str] = lambda row: ""
    options: Callable[[], tuple[Any, ...]] = tuple  # loader options, so that url and title ask no further questions
    words: Callable[[Any, Any], str | None] | None = None  # (session, event) -> the words its digest was made of


@dataclass(frozen=True)
class Citation:
    """A readable pointer to a source: what a person may see of it now."""

    kind: str
    id: str
    url: str
    title: str
    excerpt: str


SOURCES: dict[str, Source] = {}


def source(made: Source) -> Source:
    """Register a kind of source, once."""
    SOURCES[made.kind] = made
    return made


def cite(actor: Actor, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Citation]:
    """(kind, id) -> citation, for those the actor may read; one query a kind. The others are simply not there."""
    by_kind: dict[str, set[str]] = {}
    for kind, id in wanted:
        by_kind.setdefault(kind, set()).add(id)
    found = {}
    for kind, ids in by_kind.items():
        if (of := SOURCES.get(kind)) is None:
            continue
        rows = actor.session.scalars(allowed(actor, of.verb).where(of.model.id.in_(ids)).options(*of.options()))
        for row in rows.unique():
            found[kind, row.id] = Citation(kind, row.id, of.url(row), of.title(row), of.excerpt(row))
    return found
