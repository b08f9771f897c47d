"""Sources: how an event, a hit or a citation finds the thing itself, asked through the thing's own reading verb."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.kernel.actor import Actor
from portal.kernel.ids import is_id
from portal.kernel.policy import Verbs, allowed
from portal.kernel.prepared import prepared


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
    text: Callable[[Any], str] = lambda row: ""  # what somebody wrote, whole, as other systems are told it; files have none


@dataclass(frozen=True)
class Citation:
    """A readable pointer to a source: what a person may see of it now."""

    kind: str
    id: str
    url: str
    title: str
    excerpt: str
    text: str = ""


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
        rows = _read(actor, kind, "id", which=sorted(ids)).scalars()
        for row in rows.unique():
            found[kind, row.id] = _cited(of, row)
    return found


def cite_by_pk(actor: Actor, kind: str, pks: set[int]) -> dict[int, Citation]:
    """The same by inner keys, of one kind: for columns that point at a thing of a package above."""
    if (of := SOURCES.get(kind)) is None or not pks:
        return {}
    rows = _read(actor, kind, "pk", which=sorted(pks)).scalars()
    return {row.pk: _cited(of, row) for row in rows.unique()}


def pk_of(actor: Actor, kind: str, id: str) -> int | None:
    """The inner key of a thing that the actor may read; None where there is none."""
    if (of := SOURCES.get(kind)) is None or not is_id(id):
        return None
    found: int | None = actor.session.scalar(allowed(actor, of.verb).where(of.model.id == id).with_only_columns(of.model.pk))
    return found


@prepared
def _read(actor: Actor, kind: str, by: str, *, which: Any) -> Any:
    of = SOURCES[kind]
    its = aliased(of.model)  # found first: SQLite would rather look through all that the reader may see
    named = select(its.pk).where(getattr(its, by).in_(which))
    return allowed(actor, of.verb).where(of.model.pk.in_(named)).options(*of.options())


def _cited(of: Source, row: Any) -> Citation:
    return Citation(of.kind, row.id, of.url(row), of.title(row), of.excerpt(row), of.text(row))
