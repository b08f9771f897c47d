"""What goes out as JSON is a TypedDict, declared once: mypy holds the code to it, and the API's description is made of it."""

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

Moment = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-19T09:30:00Z"]})]


def one_of(*values: str) -> Any:
    """Text that is one of these."""
    return WithJsonSchema({"type": "string", "enum": list(values)})


def means(words: str) -> Any:
    """What a field means, for `Annotated[str, means("…")]` where its name does not say it."""
    return Field(description=words)
