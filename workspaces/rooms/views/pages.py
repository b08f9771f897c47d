"""What the pages of workspaces share."""

from typing import Any

from flask import Blueprint, flash

from portal.kernel.errors import Invalid

pages = Blueprint("rooms", __name__)


def listed_errors(wrong: Invalid, **renamed: str) -> list[dict[str, str]]:
    """The same words for the summary and at each field; `members.3` stands at `members`, and fields may have another name on the page."""
    return [{"field": renamed.get(name := field.split(".", 1)[0], name), "message": words} for field, words in wrong.errors]


def say(text: str, *, undo: str | None = None, bad: bool = False) -> None:
    """Tell what happened on the next page, with a way back where there is one."""
    message: dict[str, Any] = {"text": text, "bad": bad}
    flash(message | {"undo": undo} if undo else message)  # type: ignore[arg-type]  # the layout takes both
