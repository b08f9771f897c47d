"""Endpoints: each declares what it requires, or says why it is public; the app refuses to start otherwise.

    @pages.get("/w/<ref:workspace>/discussions/<ref:topic>")
    @guarded(workspace=Rooms.READ_WORKSPACE, topic=Forums.READ_TOPIC)
    def show_topic(actor, workspace, topic): ...

Rows come by `fetch`, so a stranger gets 404 before a line of the view runs; a row that is not inside the one before it is 404 too.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from portal.kernel.actor import Actor
from portal.kernel.errors import NotFound, NotSignedIn
from portal.kernel.ids import is_id
from portal.kernel.policy import RULES, Verbs, fetch, require

View = Callable[..., Any]
Before = Callable[..., Any]


@dataclass(frozen=True)
class Guard:
    """What an endpoint requires. `public`: the reason why anybody may call it."""

    loads: dict[str, Verbs] = field(default_factory=dict)
    verb: Verbs | None = None
    public: str = ""
    own: str = ""  # signed in, and touches nothing but the person's own rows; says which
    before: Before | None = None  # slow work between two transactions: receive an upload, check a password
    limits: tuple[str, ...] = ()
    scope: str = ""  # an API token's scope where it is not read/write by method


def guarded(
    verb: Verbs | None = None,
    *,
    before: Before | None = None,
    limits: tuple[str, ...] = (),
    scope: str = "",
    **loads: Verbs,
) -> Callable[[View], View]:
    """Require an installation-wide verb and/or load the URL's rows, each by its verb, in this order.

    `before(house, request)` runs outside any transaction once the actor was found to be allowed; the view gets its answer as `received`.
    """
    return _declare(Guard(loads, verb, before=before, limits=limits, scope=scope))


def own(what: str, *, before: Before | None = None, limits: tuple[str, ...] = (), scope: str = "") -> Callable[[View], View]:
    """For signed-in people; the endpoint touches only their own rows, which `what` names."""
    return _declare(Guard(own=what, before=before, limits=limits, scope=scope))


def public(why: str, *, before: Before | None = None, limits: tuple[str, ...] = ()) -> Callable[[View], View]:
    """For anybody, signed in or not; `why` says why that is safe."""
    return _declare(Guard(public=why, before=before, limits=limits))


def _declare(guard: Guard) -> Callable[[View], View]:
    def declare(view: View) -> View:
        from portal.web.unit import run  # the unit of work knows guards; guards need it only when called

        @functools.wraps(view)
        def guarded_view(**arguments: Any) -> Any:
            return run(view, guard, arguments)

        guarded_view.__guard__ = guard  # type: ignore[attr-defined]
        return guarded_view

    return declare


def loaded(actor: Actor, guard: Guard, arguments: dict[str, Any]) -> dict[str, Any]:
    """The URL's arguments with ids replaced by rows. Raises NotSignedIn, NotFound or Forbidden."""
    if (guard.own or guard.loads or guard.verb) and not actor.person:
        raise NotSignedIn
    if guard.verb is not None:
        require(actor, guard.verb)
    rows: dict[str, Any] = {}
    for name, verb in guard.loads.items():
        row = fetch(actor, verb, arguments[name])
        for outer, outer_row in rows.items():
            if getattr(row, f"{outer}_pk", outer_row.pk) != outer_row.pk:
                raise NotFound  # somebody else's thing under this address
        rows[name] = row
    return arguments | rows


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    return getattr(app.view_functions[endpoint], "__guard__", None)


def refuse_undeclared(app: Flask) -> None:
    """Raise RuntimeError naming every endpoint that declares nothing, and every verb without a rule."""
    silent = sorted(name for name in app.view_functions if guard_of(app, name) is None)
    if silent:
        raise RuntimeError(f"endpoints that declare no verb: {', '.join(silent)}")
    for name in app.view_functions:
        guard = guard_of(app, name)
        verbs = [*guard.loads.values(), guard.verb] if guard else []
        if missing := [str(verb) for verb in verbs if verb is not None and verb not in RULES]:
            raise RuntimeError(f"{name} requires verbs without a rule: {', '.join(missing)}")


class Ref(BaseConverter):
    """`<ref:x>`: an id, with or without readable words after it; the view gets the id."""

    regex = r"[0-9A-Za-z]{22}(?:-[a-z0-9-]*)?"

    def to_python(self, value: str) -> str:
        id = value[:22]
        if not is_id(id):
            raise ValidationError
        return id

    def to_url(self, value: Any) -> str:
        return str(value)
