"""Actions: the only writers. Each declares the verb that it requires, or why it is open."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from portal.kernel.actor import Actor
from portal.kernel.policy import RULES, Verbs, require

Act = TypeVar("Act", bound=Callable[..., Any])


@dataclass(frozen=True)
class Declared:
    """What an action or endpoint requires: a verb, or the reason why it is open to nobody in particular."""

    verb: Verbs | None
    open: str = ""


def action(verb: Verbs | None = None, *, open: str = "") -> Callable[[Act], Act]:
    """Declare `act(actor, subject, *, details)`: the verb is required of the actor on the subject before a line of it runs.

    For a verb about the installation the action has no subject. `open` says why an action needs no verb.
    """
    if (verb is None) == (not open):
        raise RuntimeError("an action declares a verb, or says why it is open")

    def declare(act: Act) -> Act:
        @functools.wraps(act)
        def checked(actor: Actor, *subject: Any, **details: Any) -> Any:
            if verb is not None:
                require(actor, verb, subject[0] if RULES[verb].model is not None else None)
            return act(actor, *subject, **details)

        checked.__declared__ = Declared(verb, open)  # type: ignore[attr-defined]
        return cast(Act, checked)

    return declare
