"""Questions that are built once and asked with values: building a question in SQLAlchemy takes longer than answering it.

    @prepared
    def _by_id(actor, verb, *, id):
        return allowed(actor, verb).where(RULES[verb].model.id == id)

    _by_id(actor, verb, id=id).scalar()

What is built depends on the kind of actor and on what stands before the star; what comes after it, who asks and what they hold are
open in it, and put in each time. While it is built a *stand-in* is the actor: it knows what its kind has in common and nothing else,
so that a rule which looks at more of a person fails at once instead of being remembered with somebody's value.
"""

import functools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Integer, Result, bindparam

from portal.kernel.actor import Actor, StandIn
from portal.kernel.audiences import known_to
from portal.kernel.clock import now, out_of_sight
from portal.kernel.db import Moment

MADE: dict[Any, Any] = {}  # what was built so far; a change of the rules empties it


class Kind(NamedTuple):
    """What may decide how a question is built. Who differs in one of these is asked a question of their own."""

    is_staff: bool
    is_admin: bool
    is_manager: bool
    has_account: bool
    scopes: frozenset[str] | None
    knows: frozenset[str]  # what was looked up: what they hold, their standings


def prepared(build: Callable[..., Any]) -> Callable[..., Result[Any]]:
    """Have the statement that `build(actor, *about, **values)` makes kept, and asked in the actor's session."""

    @functools.wraps(build)
    def ask(actor: Actor, *about: Any, **values: Any) -> Result[Any]:
        known = known_to(actor)
        kind = _kind(actor, known)
        if kind is None:
            return actor.session.execute(build(actor, *about, **values))
        key = build, about, frozenset(values), kind  # what is not given may be left out of the question
        statement = MADE.get(key)
        if statement is None:
            open_values: dict[str, Any] = {name: bindparam(name, expanding=isinstance(value, list)) for name, value in values.items()}
            with out_of_sight():
                statement = MADE[key] = build(_stand_in(kind), *about, **open_values)
        whose = {"actor_pk": actor.pk, "actor_account_pk": actor.person.account_pk}
        return actor.session.execute(statement, {**whose, **{f"actor_{name}": pks for name, pks in known.items()}, **values})

    return ask


def present(plus: timedelta = timedelta(0)) -> Any:
    """The moment at which a question is asked, however long ago it was built."""
    return bindparam(None, callable_=lambda: now() + plus, type_=Moment())


def _kind(actor: Actor, known: Mapping[str, Any]) -> Kind | None:
    """None for whom the question is built each time: nobody, the system, who is not here yet, and who was suspended."""
    person = actor.person
    if person is None or actor.system or actor.holds is not None or person.suspended_at is not None:
        return None
    manages, client = bool(person.is_manager), person.account_pk is not None
    return Kind(actor.is_staff, actor.is_admin, manages, client, actor.scopes, frozenset(known))


def _stand_in(kind: Kind) -> Actor:
    pk = bindparam("actor_pk", type_=Integer())
    account = bindparam("actor_account_pk", type_=Integer()) if kind.has_account else None
    known = {name: bindparam(f"actor_{name}", type_=Integer(), expanding=True) for name in kind.knows}
    return cast(Actor, StandIn(pk, account, known, kind.is_staff, kind.is_admin, kind.is_manager, kind.scopes))
