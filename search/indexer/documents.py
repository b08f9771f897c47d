"""Findable things as documents of the index, read from the database."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.kernel.indexing import FINDABLE, Findable, FindableKind
from search.categories.queries import KINDS, labels_of
from search.engines import Document

LONGEST_BODY = 200_000  # characters
CHUNK = 500  # rows read at a time


def document(of: FindableKind, found: Findable, categories: tuple[str, ...] = ()) -> Document:
    """The document of a thing. Its number is unique over kinds and never changes; of two kinds it tells nothing of how many there are."""
    return Document(
        key=f"{of.kind}:{found.id}",
        pk=of.number << 48 | found.pk,
        kind=of.told,
        audience=found.audience_pk,
        account=found.account_pk,
        workspace=found.workspace_pk,
        author=found.author_pk,
        categories=categories,
        at=int(found.at.timestamp()),
        title=found.title,
        body=found.body[:LONGEST_BODY],
    )


def read(session: Session, keys: Iterable[str]) -> tuple[list[Document], list[str]]:
    """The present documents of these keys, and the keys of what is not to be found any more."""
    by_kind: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        kind, _, id = key.partition(":")
        by_kind.setdefault(kind, []).append(id)
    present: list[Document] = []
    missing: list[str] = []
    for kind, ids in by_kind.items():
        of = FINDABLE.get(kind)
        made = list(_made(session, of, ids)) if of else []
        present += made
        there = {each.key for each in made}
        missing += [f"{kind}:{id}" for id in ids if f"{kind}:{id}" not in there]
    return present, missing


def everything(session: Session, position: str = "") -> Iterator[tuple[str, list[Document]]]:
    """All documents in chunks, with the position "kind:pk" that each chunk ends at; goes on after `position`."""
    after_kind, _, after_pk = position.partition(":")
    started = not after_kind
    for kind, of in FINDABLE.items():
        last = int(after_pk) if kind == after_kind else 0
        started = started or kind == after_kind
        while started:
            session.rollback()  # each chunk as it is now, not as it was when the rebuild began
            rows = session.scalars(
                select(of.model).where(of.model.pk > last).order_by(of.model.pk).limit(CHUNK).options(*of.options())
            ).unique()
            chunk = list(rows)
            if not chunk:
                break
            last = chunk[-1].pk
            yield f"{kind}:{last}", list(_documents(session, of, chunk))
            session.expunge_all()


def _made(session: Session, of: FindableKind, ids: list[str]) -> Iterator[Document]:
    rows = session.scalars(select(of.model).where(of.model.id.in_(ids)).options(*of.options())).unique()
    return _documents(session, of, list(rows))


def _documents(session: Session, of: FindableKind, rows: list[Any]) -> Iterator[Document]:
    labelled = labels_of(session, [row.id for row in rows]) if of.kind in KINDS else {}
    return (document(of, found, labelled.get(found.id, ())) for row in rows if (found := of.make(row)))
