"""Audiences: who is meant. Content carries the id of the audience it was written under; every channel asks here.

A feature registers the kinds of audience it can define as *branches*: selects of (audience pk, person pk). The same branches
answer both directions: which audiences a person holds, and which people an audience has.
"""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Index,
    Integer,
    Select,
    String,
    bindparam,
    false,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.kernel.actor import Actor, StandIn
from portal.kernel.db import Base, Identified


class Audience(Identified, Base):
    """Everyone of a workspace, a group, an account's team; with `staff_only`, the staff among those."""

    __tablename__ = "audience"
    __table_args__ = (Index("ix_audience_subject", "kind", "subject_pk"),)

    kind: Mapped[str] = mapped_column(String(20))
    subject_pk: Mapped[int]  # of the workspace, group or account, by kind
    staff_only: Mapped[bool] = mapped_column(Boolean, default=False)


MOST_NUMBERS = 500  # in one `IN (…)`; past that a subselect is no slower
HOLDS = "holds"
Branch = Callable[[], Select[Any]]
BRANCHES: dict[str, list[Branch]] = {}
STANDINGS: dict[str, Callable[[Any], Any]] = {}  # what else rules ask again and again of an actor, by name: a select of pks
SHARED: set[str] = set()  # kinds of audience whose open half clients may hold; all others are the team's own


def branch(kind: str, *, shared: bool = False) -> Callable[[Branch], Branch]:
    """Register one way of holding audiences of a kind. The select's columns are (audience pk, person pk).

    `shared`: clients may hold it. Where nobody says so, what is written under it counts as the team's own.
    """

    def declare(made: Branch) -> Branch:
        BRANCHES.setdefault(kind, []).append(made)
        if shared:
            SHARED.add(kind)
        return made

    return declare


def audiences_of(actor: Actor) -> CompoundSelect[Any] | Select[Any]:
    """The pks of all audiences the actor holds, as a select to use in `column.in_(…)`."""
    if actor.holds is not None:
        return select(Audience.pk).where(Audience.pk.in_(actor.holds))
    if not actor.person:
        return select(Audience.pk).where(false())
    return _held_by(actor.pk)


def _held_by(pk: Any) -> CompoundSelect[Any]:
    parts = []
    for made in _all_branches():
        _, person = made.selected_columns
        parts.append(made.where(person == pk).with_only_columns(Audience.pk))
    return union_all(*parts)


@cache
def _all_held() -> CompoundSelect[Any]:
    """The same for whoever is put in as `person`."""
    return _held_by(bindparam("person", type_=Integer()))


def held(actor: Actor, column: Any) -> ColumnElement[bool]:
    """The condition that the actor holds the audience in this column: the core of every reading rule."""
    if actor.system:
        return true()
    known = known_to(actor).get(HOLDS)
    return column.in_(audiences_of(actor) if known is None else known)


def asked_once(name: str) -> Callable[[Callable[[Any], Any]], Callable[[Actor, Any], ColumnElement[bool]]]:
    """Declare something that rules ask again and again of an actor: a select of pks, such as of the workspaces that they moderate.

    It becomes the condition that a column is one of these, `moderated_by(actor, Post.workspace_pk)`.
    """

    def declare(pks: Callable[[Any], Any]) -> Callable[[Actor, Any], ColumnElement[bool]]:
        STANDINGS[name] = pks

        @wraps(pks)
        def among(actor: Actor, column: Any) -> ColumnElement[bool]:
            known = known_to(actor).get(name)
            return column.in_(pks(actor) if known is None else known)

        return among

    return declare


def known_to(actor: Actor) -> Mapping[str, Any]:
    """What the actor holds and their standings, by name, asked once per reading transaction, whose answers cannot change; a page asks
    some twenty times.

    A name is missing where it has to be asked as part of the question: in a transaction that writes, and where the numbers are very many.
    """
    if isinstance(actor, StandIn):
        return actor.known
    session = actor.session
    if not actor.person or actor.holds is not None or not session.info.get("reading"):
        return {}
    kept: dict[int, Mapping[str, list[int]]] = session.info.setdefault("known", {})
    if actor.pk not in kept:
        kept[actor.pk] = _looked_up(actor)
    return kept[actor.pk]


def _looked_up(actor: Actor) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {name: set() for name in (HOLDS, *STANDINGS)}
    for name, pk in actor.session.execute(_all_known(actor.is_staff), {"person": actor.pk}):
        found[name].add(pk)
    return {name: sorted(pks) for name, pks in found.items() if len(pks) <= MOST_NUMBERS}


@cache
def _all_known(is_staff: bool) -> CompoundSelect[Any]:
    """(name, pk) of all that `known_to` tells, of whoever is put in as `person`."""
    whose: Any = StandIn(bindparam("person", type_=Integer()), None, {}, is_staff, False, False, None)
    parts: list[Any] = [select(literal(HOLDS, literal_execute=True), _held_by(whose.pk).subquery().c.pk)]
    for name, pks in STANDINGS.items():
        parts.append(select(literal(name, literal_execute=True), pks(whose).subquery().c[0]))
    return union_all(*parts)


def held_pks(actor: Actor) -> frozenset[int]:
    """The same as numbers, for the search index."""
    if actor.person and actor.holds is None:
        return frozenset(actor.session.scalars(_all_held(), {"person": actor.pk}))
    return frozenset(actor.session.scalars(audiences_of(actor)))


def people_in(session: Session, *audience_pks: int) -> set[int]:
    """The pks of the people who hold any of these audiences at this moment."""
    return set(session.scalars(_all_holders(), {"audiences": audience_pks}))


def holders(*audience_pks: int) -> CompoundSelect[Any]:
    """The same as a select of `person_pk`, to use in a larger question; a person may come up more than once."""
    return _holders_of(audience_pks)


def held_by_each(audience_pks: Any) -> CompoundSelect[Any]:
    """The same with the audience that each holds, as `audience_pk`."""
    parts = []
    for made in _all_branches():
        audience, person = made.selected_columns
        parts.append(made.where(Audience.pk.in_(audience_pks)).with_only_columns(audience.label("audience_pk"), person.label("person_pk")))
    return union_all(*parts)


def _holders_of(audience_pks: Any) -> CompoundSelect[Any]:
    parts = []
    for made in _all_branches():
        _, person = made.selected_columns
        parts.append(made.where(Audience.pk.in_(audience_pks)).with_only_columns(person.label("person_pk")))
    return union_all(*parts)


@cache
def _all_holders() -> CompoundSelect[Any]:
    """The same of the audiences that are put in."""
    return _holders_of(bindparam("audiences", type_=Integer(), expanding=True))


def staff_or_open(is_staff: Any) -> ColumnElement[bool]:
    """For branches: the audience is open, or the person is staff."""
    return or_(Audience.staff_only.is_(False), is_staff)


def of_team() -> ColumnElement[bool]:
    """The condition on an audience that no client is meant by it."""
    return or_(Audience.staff_only.is_(True), Audience.kind.not_in(sorted(SHARED)))


def new_pair(session: Session, kind: str, subject_pk: int) -> tuple[Audience, Audience]:
    """The two audiences that every place owns: open, and the team among it."""
    pair = Audience(kind=kind, subject_pk=subject_pk), Audience(kind=kind, subject_pk=subject_pk, staff_only=True)
    session.add_all(pair)
    session.flush()
    return pair


def _all_branches() -> list[Select[Any]]:
    return [_built(made) for branches in BRANCHES.values() for made in branches]


@cache
def _built(made: Branch) -> Select[Any]:
    """A branch says the same each time, and every look at content asks for all of them."""
    return made()
