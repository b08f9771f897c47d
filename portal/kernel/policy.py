"""One question: who may do what to which row? Asked of lists (`allowed`) and of one row (`may`, `require`, `fetch`).

A feature's policy.py names its verbs as members of a `Verbs` enum, each with a line of meaning, and gives each exactly one
rule: a function from the actor to a SQL condition on the verb's model. No rule means no.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, False_, Select, True_, false, select, true
from sqlalchemy.orm import Session

from portal.kernel.actor import Actor
from portal.kernel.errors import Forbidden, NotFound, NotSignedIn
from portal.kernel.ids import is_id
from portal.kernel.prepared import MADE, prepared
from portal.kernel.words import gettext as _

Condition = ColumnElement[bool]
Row = TypeVar("Row")
Decides = TypeVar("Decides", bound="Callable[[Actor], Condition | bool]")


class Verbs(Enum):
    """Base of the features' verbs; the value is the verb's meaning in one line."""


@dataclass(frozen=True)
class Rule:
    """What decides one verb. `model` None: the verb is about the installation, not about a row."""

    verb: Verbs
    model: Any
    condition: Callable[[Actor], Condition | bool]
    reads: bool
    refusal: str


class Rules(dict[Verbs, Rule]):
    """The rules by verb. Another rule, and whatever was built with the one before it is built anew."""

    def __setitem__(self, verb: Verbs, rule: Rule) -> None:
        super().__setitem__(verb, rule)
        MADE.clear()


RULES = Rules()
READS: dict[Any, Verbs] = {}  # model -> the verb that decides whether somebody may know of a row


def rule(verb: Verbs, model: Any = None, *, reads: bool = False, refusal: str = "") -> Callable[[Decides], Decides]:
    """Declare the one rule of a verb. `reads`: this verb decides 404; `refusal`: who can, in words, for the 403."""

    def declare(condition: Decides) -> Decides:
        if verb in RULES:
            raise RuntimeError(f"{verb} has two rules")
        RULES[verb] = Rule(verb, model, condition, reads, refusal)
        if reads:
            READS[model] = verb
        return condition

    return declare


def condition(actor: Actor, verb: Verbs) -> Condition:
    """The verb's rule for this actor as a SQL condition on the verb's model."""
    if actor.system:
        return true()
    if actor.person is not None and actor.person.suspended_at is not None:
        return false()  # also in a unit of work that was under way when it happened
    decided = RULES[verb].condition(actor)
    if isinstance(decided, bool):
        return true() if decided else false()
    return decided


def allowed(actor: Actor, verb: Verbs) -> Select[Any]:
    """The rows the actor may do this to."""
    return select(RULES[verb].model).where(condition(actor, verb))


def may(actor: Actor, verb: Verbs, row: Any = None) -> bool:
    """Whether the actor may do this to this row, by the same condition as the list."""
    if RULES[verb].model is not None:
        if row is None:
            return False
        _flush(actor.session)
        return bool(_allows(actor, verb, row=row.pk).scalar())
    decided = condition(actor, verb)
    if isinstance(decided, True_ | False_):
        return isinstance(decided, True_)
    _flush(actor.session)
    return bool(actor.session.scalar(select(decided)))


def what_may(actor: Actor, row: Any, asked: Mapping[str, Verbs]) -> frozenset[str]:
    """Of these words those whose verb the actor may do to this row, in one question; the verbs are all about the row's model."""
    _flush(actor.session)
    told = _what(actor, type(row), tuple(asked.values()), row=row.pk).one()
    return frozenset(word for word, allows in zip(asked, told, strict=True) if allows)


def require(actor: Actor, verb: Verbs, row: Any = None) -> None:
    """Raise NotSignedIn, NotFound (may not know of it) or Forbidden (may read but not do this) unless allowed."""
    if may(actor, verb, row):
        return
    if not actor.person:
        raise NotSignedIn
    decided = RULES[verb]
    reading = READS.get(decided.model)
    if row is not None and reading is not None and (decided.reads or not may(actor, reading, row)):
        raise NotFound
    raise Forbidden(_(decided.refusal) if decided.refusal else "")


def fetch(actor: Actor, verb: Verbs, id: str) -> Any:
    """The row of that id, or NotFound where the actor may not even read it, or Forbidden."""
    model = RULES[verb].model
    if not is_id(id):
        raise NotFound
    found = _by_id(actor, verb, id=id).scalar()
    if found is not None:
        return found
    reading = READS[model]
    if verb is reading or _by_id(actor, reading, id=id).scalar() is None:
        raise NotFound
    raise Forbidden(_(RULES[verb].refusal) if RULES[verb].refusal else "")


@prepared
def _allows(actor: Actor, verb: Verbs, *, row: Any) -> Select[Any]:
    model = RULES[verb].model
    return select(model.pk).where(model.pk == row, condition(actor, verb))


@prepared
def _what(actor: Actor, model: Any, verbs: tuple[Verbs, ...], *, row: Any) -> Any:
    return select(*(condition(actor, verb) for verb in verbs)).where(model.pk == row)


@prepared
def _by_id(actor: Actor, verb: Verbs, *, id: Any) -> Select[Any]:
    return allowed(actor, verb).where(RULES[verb].model.id == id)


def _flush(session: Session) -> None:
    """What this unit of work has changed so far counts in its own questions."""
    if session.new or session.dirty or session.deleted:
        session.flush()
