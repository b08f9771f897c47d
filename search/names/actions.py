"""Names and words are written down, changed, removed and brought back. What messages are is looked at anew because of it, by the worker."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portal.kernel.actions import action
from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.events import EventKind
from portal.kernel.locks import take_turn, writing
from portal.kernel.names import key
from portal.kernel.words import gettext as _
from portal.people.actions.installation import note
from search.categories.labels import NAMES as CATEGORIES
from search.names.events import NAME_ADDED, NAME_CHANGED, NAME_REMOVED, NAME_RESTORED
from search.names.matching import pieces_of
from search.names.models import WORD, Name
from search.names.policy import May
from search.names.schemas import LONGEST, MOST_ALIASES

MOST = 2000  # names that stand
SHORTEST = 2  # letters and digits


@dataclass(frozen=True)
class Told:
    """A name as it is written down."""

    name: str
    aliases: tuple[str, ...] = ()


def read_lines(lines: str) -> list[Told]:
    """One name to a line, what else it is called after commas. Raises Invalid that names the line."""
    told = []
    for number, line in enumerate(lines.splitlines(), 1):
        name, *aliases = [" ".join(part.split()) for part in line.split(",")]
        if not any((name, *aliases)):
            continue
        if len(aliases) > MOST_ALIASES or any(len(each) > LONGEST for each in (name, *aliases)):
            raise Invalid(("lines", _("Line %(n)s is too long: a name has at most %(most)s characters.", n=number, most=LONGEST)))
        if any(_too_short(each) for each in (name, *filter(None, aliases))):
            raise Invalid(("lines", _("Line %(n)s: a name has at least two letters or digits.", n=number)))
        told.append(Told(name, tuple(filter(None, aliases))))
    return told


@action(May.ADD_NAMES)
def add_names(actor: Actor, *, told: Iterable[Told], kind: str, category: str = "", exact: bool = False) -> tuple[list[Name], int]:
    """Write these down; those added, and how many were there already, to which what else they are called is added."""
    _refuse_category(kind, category)
    take_turn(actor.session, writing("names", 0))
    added, already = [], 0
    for each in told:
        there = actor.session.scalar(select(Name).where(Name.key == key(each.name), Name.removed_at.is_(None)))
        if there is None:
            made = Name(kind=kind, name=each.name, key=key(each.name), category=category, exact=exact, by_pk=actor.pk or None)
            made.aliases = _others(each.name, each.aliases)
            actor.session.add(made)
            added.append(made)
            _record(actor, NAME_ADDED, made, made.said)
        else:
            already += 1
            _change(actor, there, aliases=_others(there.name, (*there.aliases, *each.aliases))[:MOST_ALIASES])
    if (actor.session.scalar(select(func.count()).where(Name.removed_at.is_(None))) or 0) > MOST:
        raise Invalid(("lines", _("The list has at most %(most)s names.", most=MOST)))
    return added, already


@action(May.ADD_NAMES)
def add_name(actor: Actor, *, name: str, aliases: Iterable[str] = (), kind: str, category: str = "", exact: bool = False) -> Name:
    """Write one down. Raises Invalid where it is there already."""
    _refuse_short(name, aliases)
    added, already = add_names(actor, told=[Told(name, tuple(aliases))], kind=kind, category=category, exact=exact)
    if already:
        raise Invalid(("name", _("“%(name)s” is there already.", name=name)))
    return added[0]


@action(May.CHANGE_NAME)
def change_name(actor: Actor, there: Name, **fields: Any) -> None:
    """Change it; `fields` are name, aliases, kind, category, exact."""
    take_turn(actor.session, writing("names", 0))
    stands: dict[str, Any] = {"name": there.name, "aliases": there.aliases, "kind": there.kind, "category": there.category}
    wanted = stands | fields
    _refuse_short(wanted["name"], wanted["aliases"])
    _refuse_category(wanted["kind"], wanted["category"])
    _refuse_twin(actor, there, wanted["name"])
    _change(actor, there, **wanted | {"aliases": _others(wanted["name"], wanted["aliases"])})


@action(May.CHANGE_NAME)
def remove_name(actor: Actor, name: Name) -> None:
    """It is not listened for any more."""
    name.removed_at = now()
    _record(actor, NAME_REMOVED, name, name.said)


@action(May.RESTORE_NAME)
def restore_name(actor: Actor, name: Name) -> None:
    """It is listened for again. Raises Invalid where it was written down anew meanwhile."""
    take_turn(actor.session, writing("names", 0))
    _refuse_twin(actor, name, name.name)
    name.removed_at = None
    _record(actor, NAME_RESTORED, name, name.said)


def _change(actor: Actor, there: Name, **fields: Any) -> None:
    before = there.said
    changed = [field for field, value in fields.items() if getattr(there, field) != value]
    for field in changed:
        setattr(there, field, fields[field])
    if changed:
        there.key, there.by_pk, there.changed_at = key(there.name), actor.pk or None, now()
        _record(actor, NAME_CHANGED, there, list(dict.fromkeys((*before, *there.said))))


def _record(actor: Actor, of: EventKind, name: Name, said: list[str]) -> None:
    """`said` is what messages may have in them that now are to be looked at anew."""
    actor.session.flush()
    note(actor, of, name, name=name.name, said=said)


def _others(name: str, aliases: Iterable[str]) -> list[str]:
    """What else it is called, each once."""
    told = {key(name): name}
    for alias in aliases:
        told.setdefault(key(alias), alias)
    return list(told.values())[1:]


def _refuse_twin(actor: Actor, there: Name, wanted: str) -> None:
    twin = select(Name.pk).where(Name.key == key(wanted), Name.pk != there.pk, Name.removed_at.is_(None))
    if actor.session.scalar(twin) is not None:
        raise Invalid(("name", _("“%(name)s” is there already.", name=wanted)))


def _refuse_category(kind: str, category: str) -> None:
    if kind == WORD and category not in CATEGORIES:
        raise Invalid(("category", _("Say what such a word makes a message.")))
    if kind != WORD and category:
        raise Invalid(("category", _("Only words make a message one of a category.")))


def _refuse_short(name: str, aliases: Iterable[str]) -> None:
    if any(_too_short(each) for each in (name, *aliases)):
        raise Invalid(("name", _("A name has at least two letters or digits.")))


def _too_short(name: str) -> bool:
    return sum(len(piece.text) for piece in pieces_of(name)) < SHORTEST
