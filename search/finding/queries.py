"""Searching: the engine names keys, the database says what may be shown of them."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy import Select, func, or_, select

from portal.accounts.models import Account
from portal.accounts.policy import May as Accounts
from portal.kernel.actor import Actor
from portal.kernel.audiences import Audience, held_pks, of_team, people_in
from portal.kernel.house import House
from portal.kernel.indexing import FINDABLE, Findable
from portal.kernel.policy import allowed
from portal.kernel.prepared import prepared
from portal.kernel.sources import cite
from portal.people.models import Person
from search.categories.labels import name_of
from search.categories.queries import labels_of
from search.engines import IndexAway, IndexDamaged, Query, Results, highlight, parse, written
from search.engines.interface import Facet
from search.finding import fallback
from search.finding.fields import Asked, moment
from search.indexer.tail import tail
from workspaces.library.policy import May as Library
from workspaces.rooms.models import Workspace

PAGE = 20
DEEPEST = 1_000  # hits that can be paged to
FACETS: tuple[Facet, ...] = ("kind", "workspace", "author")
STAFF_FACETS: tuple[Facet, ...] = (*FACETS, "account", "category")


@dataclass(frozen=True)
class Line:
    """One hit as it is shown: everything of it was fetched again through the searcher's rights."""

    kind: str
    id: str
    title: str
    snippet: Markup
    url: str
    account: Any
    workspace: Any
    author: Any
    at: Any
    team: bool
    categories: tuple[str, ...] = ()


@dataclass
class Found:
    """A page of hits."""

    total: int
    lines: list[Line]
    facets: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)  # name -> (value, words, count)
    suggestion: str | None = None
    complete: bool = True  # False while the index is being rebuilt and the database was looked through instead
    more: bool = False
    exact: bool = True  # False where there are more, and only the newest so many were ranked


def find(actor: Actor, house: House, told: Asked, *, offset: int = 0, limit: int = PAGE, zone: ZoneInfo | None = None) -> Found:
    """What the searcher may see of what matches. Never an error for what was typed."""
    held = held_pks(actor)
    query = _query(actor, held, told, offset=offset, limit=limit, zone=zone or ZoneInfo("UTC"))
    if query is None or offset >= DEEPEST:
        return Found(0, [])
    complete = True
    try:
        results = house.search.search(query, held, tail(actor.session, house.search.generation()))
    except (IndexDamaged, IndexAway):
        results, complete = fallback.search(actor, query), False
    lines = _lines(actor, results)
    more = results.total > offset + limit and offset + limit < DEEPEST
    return Found(results.total, lines, _facets(actor, results), results.suggestion, complete, more, results.total_is_exact)


def complete(actor: Actor, house: House, prefix: str) -> list[str]:
    """Words that begin so, from what the searcher may see."""
    try:
        return house.search.complete(prefix, held_pks(actor), tail(actor.session, house.search.generation()))
    except (IndexDamaged, IndexAway):
        return []


def _query(actor: Actor, held: frozenset[int], told: Asked, *, offset: int, limit: int, zone: ZoneInfo) -> Query | None:
    """The engine's query, or None where a filter names what the searcher cannot see or what does not exist: the same answer."""
    authors = _authors(actor, held, told.author)
    places = _places(actor, told.place)
    accounts = _accounts(actor, told.account)
    kinds = frozenset({told.kind}) if told.kind else frozenset()
    if authors is None or places is None or accounts is None or kinds - FINDABLE.keys():
        return None
    categories = frozenset({told.category}) if told.category and actor.is_staff else frozenset()
    return Query(
        text=parse(told.words),
        kinds=kinds,
        accounts=accounts,
        workspaces=places,
        authors=authors,
        categories=categories,
        since=moment(told.after, zone) if told.after else None,
        until=moment(told.before, zone) if told.before else None,
        order="newest" if told.sort == "newest" or not told.words else "relevance",
        offset=offset,
        limit=limit,
        facets=STAFF_FACETS if actor.is_staff else FACETS,
    )


def _authors(actor: Actor, held: frozenset[int], name: str) -> frozenset[int] | None:
    """People of that name or id among those the searcher shares an audience with; no others, not even whether they exist."""
    if not name:
        return frozenset()
    if name == "me":
        return frozenset({actor.pk})
    known = people_in(actor.session, *held) if held else set()
    named = select(Person.pk).where(or_(Person.id == name, func.lower(Person.name).contains(name.lower(), autoescape=True)))
    return frozenset(set(actor.session.scalars(named)) & known) or None


def _places(actor: Actor, place: str) -> frozenset[int] | None:
    if not place:
        return frozenset()
    named = or_(Workspace.id == place, func.lower(Workspace.title).contains(place.lower(), autoescape=True))
    found = allowed(actor, Library.READ_LIBRARY).where(named).with_only_columns(Workspace.pk)
    return frozenset(actor.session.scalars(found)) or None


def _accounts(actor: Actor, account: str) -> frozenset[int] | None:
    if not account:
        return frozenset()
    found = allowed(actor, Accounts.READ_ACCOUNT).where(Account.id == account).with_only_columns(Account.pk)
    return frozenset(actor.session.scalars(found)) or None


def _lines(actor: Actor, results: Results) -> list[Line]:
    """The hits as rows of the database that the searcher may read now, in the engine's order."""
    keys = [hit.key.split(":", 1) for hit in results.hits]
    rows = _fetched(actor, [(kind, id) for kind, id in keys])
    cited = cite(actor, rows.keys())
    accounts = _by_pk(actor, Account, {found.account_pk for found in rows.values()}) if actor.is_staff else {}
    rooms = _by_pk(actor, Workspace, {found.workspace_pk for found in rows.values()})
    authors = _by_pk(actor, Person, {found.author_pk for found in rows.values()})
    team = set(actor.session.scalars(select(Audience.pk).where(Audience.pk.in_({found.audience_pk for found in rows.values()}), of_team())))
    labelled = labels_of(actor.session, [id for _kind, id in rows]) if actor.is_staff and rows else {}
    lines = []
    for kind, id in keys:
        found, citation = rows.get((kind, id)), cited.get((kind, id))
        if found is None or citation is None:
            continue
        lines.append(
            Line(
                FINDABLE[kind].told,
                found.of or id,
                citation.title,
                Markup(highlight(found.body or found.title, results.terms)),  # noqa: S704 - escaped by highlight, only <mark> added
                _marking(citation.url, found, results),
                accounts.get(found.account_pk),
                rooms.get(found.workspace_pk),
                authors.get(found.author_pk),
                found.at,
                found.audience_pk in team,
                labelled.get(id, ()),
            )
        )
    return lines


def _marking(url: str, found: Findable, results: Results) -> str:
    """Where a hit leads; to a page with the words that were found on it, which are marked there."""
    words = written(found.body, results.terms) if found.of else []
    return f"{url}&{urlencode({'mark': ' '.join(words)})}" if words else url


def _fetched(actor: Actor, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Findable]:
    by_kind: dict[str, list[str]] = {}
    for kind, id in keys:
        by_kind.setdefault(kind, []).append(id)
    fetched = {}
    for kind, ids in by_kind.items():
        of = FINDABLE[kind]
        for row in _readable(actor, kind, ids=ids).unique().scalars():
            if (found := of.make(row)) is not None:
                fetched[kind, found.id] = found
    return fetched


@prepared
def _readable(actor: Actor, kind: str, *, ids: Any) -> Select[Any]:
    of = FINDABLE[kind]
    return allowed(actor, of.verb).where(of.model.id.in_(ids)).options(*of.options())


def _facets(actor: Actor, results: Results) -> dict[str, list[tuple[str, str, int]]]:
    """Counts by kind, place, author …, with names; what is counted was visible, so its names are too."""
    named: dict[str, Any] = {"workspace": Workspace, "author": Person, "account": Account}
    facets = {}
    for name, counted in results.facets.items():
        counts = {value: count for value, count in counted.items() if value}
        if name in named:
            rows = _by_pk(actor, named[name], {int(value) for value in counts})
            facets[name] = [
                (rows[int(value)].id, getattr(rows[int(value)], "title" if name == "workspace" else "name"), count)
                for value, count in counts.items()
                if int(value) in rows
            ]
        else:
            say = name_of if name == "category" else str
            facets[name] = [(str(value), say(str(value)), count) for value, count in counts.items()]
    return facets


def _by_pk(actor: Actor, model: Any, pks: set[int]) -> dict[int, Any]:
    """Names beside hits. Who may see a hit may see where it is and who wrote it; accounts are for staff who may read them."""
    pks = pks - {0}
    if not pks:
        return {}
    return {row.pk: row for row in _named(actor, model, pks=sorted(pks)).scalars()}


@prepared
def _named(actor: Actor, model: Any, *, pks: Any) -> Select[Any]:
    found = allowed(actor, Accounts.READ_ACCOUNT) if model is Account else select(model)
    return found.where(model.pk.in_(pks))
