"""Plumbing of /api/v1: bodies, answers, lists with cursors. Features bring their own resources."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, request
from sqlalchemy import Select, and_, or_

from portal.kernel.actor import Actor
from portal.kernel.errors import Invalid
from portal.kernel.ids import is_id
from portal.kernel.schemas import Schema, read_json
from portal.kernel.words import gettext as _
from portal.web.described import refuse_other

Model = TypeVar("Model", bound=Schema)
MOST, USUAL = 200, 50


class Resource(Blueprint):
    """What a feature has under /api/v1, and what the description calls it."""

    title: str


def resource(name: str, title: str = "") -> Resource:
    """A blueprint under /api/v1."""
    made = Resource(f"api_{name}", __name__, url_prefix="/api/v1")
    made.title = title or name.capitalize()
    return made


def body(schema: type[Model]) -> Model:
    """The JSON body by its schema. 415 unless it says application/json, 400 for wrong JSON, 422 for wrong values."""
    refuse_other(schema)
    return read_json(schema, sent())


def sent() -> Any:
    """The JSON body as it came, for who must look at it to choose its schema."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        told = json.loads(request.get_data(), parse_constant=_no_constant, object_pairs_hook=_no_twins)
        json.dumps(told, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError):
        abort(400)
    return told


def answer(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(json.dumps(value, ensure_ascii=False), status, content_type="application/json")


def listed(
    actor: Actor, found: Select[Any], order: list[Any], show: Callable[[list[Any]], list[Any]], *, descending: bool = False
) -> Response:
    """One page of a list: `{"items", "next"}`. `order` are columns that end in a unique one.

    The cursor is the id of the last row shown, looked up among what the caller may see: it tells nothing of anything hidden.
    """
    rows, following = page(actor, found, order, descending=descending)
    return answer({"items": show(rows), "next": following})


def page(actor: Actor, found: Select[Any], order: list[Any], *, descending: bool = False) -> tuple[list[Any], str | None]:
    """The rows of the page asked for by ?limit= and ?cursor=, and the next cursor or None."""
    limit = limit_asked()
    if (cursor := request.args.get("cursor")) is not None:
        found = found.where(_after(actor, found, order, cursor, descending))
    ordered = found.order_by(*(column.desc() if descending else column.asc() for column in order))
    rows = list(actor.session.scalars(ordered.limit(limit + 1)).unique())
    following = rows[limit - 1].id if len(rows) > limit else None
    return rows[:limit], following


def _after(actor: Actor, found: Select[Any], order: list[Any], cursor: str, descending: bool) -> Any:
    model = found.column_descriptions[0]["entity"]
    last = actor.session.execute(found.where(model.id == cursor).with_only_columns(*order)).first() if is_id(cursor) else None
    if last is None:
        raise Invalid(("cursor", _("This cursor is not of this list.")))
    beyond = []
    for n, column in enumerate(order):
        further = column < last[n] if descending else column > last[n]
        beyond.append(and_(*(order[k] == last[k] for k in range(n)), further))
    return or_(*beyond)


def limit_asked() -> int:
    """?limit=, at most 200. Raises Invalid for what is no number."""
    told = request.args.get("limit", str(USUAL))
    if not told.isdecimal() or not int(told[:9]) >= 1:
        raise Invalid(("limit", _("Write a whole number from 1 to %(most)s.", most=MOST)))
    return min(int(told[:9]), MOST)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made
