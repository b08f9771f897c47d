"""Looking at a workspace as one of its clients: while the browser's session says so, its pages answer as they would to them, and
nothing can be written. No page of the rest answers, no socket opens: what is not shown cannot be taken for what the client sees.

Who may look, and what they then see, is asked anew with every request, of the feature that fills `STANDS`.
"""

from collections.abc import Callable
from typing import Any, TypedDict

from flask import has_request_context, request, session

from portal.kernel.actor import Actor
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden
from portal.kernel.words import gettext as _
from portal.web.endpoint import Guard

KEY, LASTS = "viewing", 3600  # seconds
LEAVES = {"rooms.leave_view", "people.sign_out"}  # endpoints that answer to whoever really looks
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class View(TypedDict):
    """What the session keeps: which workspace, as whom ('' is any client), what they are called, until when."""

    workspace: str
    person: str
    name: str
    until: float


STANDS: dict[str, Callable[[Actor, View], Actor | None]] = {}  # the actor whose eyes are borrowed, or None where that is over


def begin(workspace: str, person: str, name: str) -> None:
    """From the next request on."""
    session[KEY] = View(workspace=workspace, person=person, name=name, until=now().timestamp() + LASTS)


def end() -> None:
    session.pop(KEY, None)


def current() -> View | None:
    """The view that the browser is in."""
    told: View | None = session.get(KEY) if has_request_context() else None
    return told if told and told["until"] > now().timestamp() else None


def seen_as(actor: Actor) -> Actor:
    """The actor by whose eyes a browser's request is answered."""
    told = current()
    if told is None or not actor.person or request.endpoint in LEAVES:
        return actor
    for stand in STANDS.values():
        if (other := stand(actor, told)) is not None:
            return other
    end()
    return actor


def refuse(actor: Actor, guard: Guard) -> None:
    """Raise Forbidden for whatever is not a look at the workspace."""
    told = current()
    if actor.viewer is None or told is None:
        return
    if request.method not in SAFE:
        raise Forbidden(_("You are looking as %(name)s: nothing can be written. Leave this view first.", name=told["name"]))
    arguments: dict[str, Any] = request.view_args or {}
    if not guard.public and arguments.get("workspace") != told["workspace"]:
        raise Forbidden(_("You are looking as %(name)s. Only the workspace is shown here.", name=told["name"]))
