"""What the API says of itself: each endpoint under /api/v1 is described where it is written, or the app does not start.

    @api.post("/forums/<forum>/topics")
    @described("Start a discussion", takes=NewTopic, makes=TopicJson)
    @guarded(forum=May.START_TOPIC)
    def start_topic(actor, forum): ...

Bodies are the pydantic schemas that validate them; answers are the TypedDicts that mypy holds their shapes to.
`openapi.py` makes the description of these, the URL map and the guards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request

from portal.kernel.schemas import Schema

View = TypeVar("View", bound="Callable[..., Any]")
PREFIX = "/api/v1"


class Streamed:
    """In place of what an endpoint gives: bytes that are made while they are sent, so that they have neither ranges nor an `ETag`."""


@dataclass(frozen=True)
class Description:
    """One endpoint: what it does, what it takes, what it answers with. Without `gives`, `makes` and `lists` it answers 204."""

    summary: str
    takes: tuple[type[Schema], ...] = ()  # a JSON body, one of these
    receives: type[Schema] | None = None  # multipart: one file, and these fields
    asks: Any = None  # a TypedDict of what the address may ask
    gives: Any = None  # 200 with it; bytes for a file, Streamed for one that is made meanwhile
    makes: Any = None  # 201 with it; with `gives` beside it 200 with that where nothing was made
    holds: Any = None  # 202 with it, where it waits for somebody
    lists: Any = None  # 200 with a list of it
    paged: bool = True  # whether the list has ?limit= and ?cursor=
    also: tuple[int, ...] = ()  # further statuses, beyond those that its guard and method bring


def described(
    summary: str,
    *,
    takes: type[Schema] | tuple[type[Schema], ...] = (),
    receives: type[Schema] | None = None,
    asks: Any = None,
    gives: Any = None,
    makes: Any = None,
    holds: Any = None,
    lists: Any = None,
    paged: bool = True,
    also: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Describe an endpoint of the API."""
    bodies = takes if isinstance(takes, tuple) else (takes,)
    told = Description(summary, bodies, receives, asks, gives, makes, holds, lists, paged, also)

    def describe(view: View) -> View:
        view.__described__ = told  # type: ignore[attr-defined]
        return view

    return describe


def description_of(app: Flask, endpoint: str) -> Description | None:
    return getattr(app.view_functions[endpoint], "__described__", None)


def refuse_undescribed(app: Flask) -> None:
    """Raise RuntimeError naming every endpoint of the API that says nothing of itself."""
    ours = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX + "/")}
    if silent := sorted(name for name in ours if description_of(app, name) is None):
        raise RuntimeError(f"endpoints of the API without a description: {', '.join(silent)}")


def refuse_other(schema: type[Schema]) -> None:
    """Raise RuntimeError where a body is read by another schema than the description names."""
    told = description_of(current_app, request.endpoint or "")
    if told is not None and schema not in (*told.takes, told.receives):
        raise RuntimeError(f"{request.endpoint} reads {schema.__name__}, which its description does not name")
