"""What pages share: what was wrong with a form, where one goes on and what has happened, which part of a list is asked for."""

from flask import flash, redirect, request
from werkzeug import Response

from portal.kernel.errors import Invalid

FURTHEST = 10_000  # pages; nobody turns that many


def errors_of(wrong: Invalid | None, **renamed: str) -> list[dict[str, str]]:
    """The same words for the summary and at each field; `members.3` stands at `members`, and fields may have another name on the page."""
    if wrong is None:
        return []
    return [{"field": renamed.get(name := field.split(".", 1)[0], name), "message": words} for field, words in wrong.errors]


def back_to(url: str, text: str = "", *, undo: str = "", fields: dict[str, str] | None = None, bad: bool = False) -> Response:
    """See other, and say there what happened; `undo` is a URL that takes a POST, with `fields`."""
    if text:
        flash({"text": text, "bad": bad} | ({"undo": undo, "fields": fields or {}} if undo else {}))  # type: ignore[arg-type]
    return redirect(url, 303)


def page_asked(most: int = FURTHEST) -> int:
    """?page=, from 1 to `most`; what is no number is 1."""
    told = request.args.get("page", "")
    return min(max(int(told), 1), most) if told.isascii() and told.isdecimal() and len(told) < 6 else 1


def wants_fragment() -> bool:
    """Whether a script asks for the part alone."""
    return "HX-Request" in request.headers
