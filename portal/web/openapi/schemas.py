"""JSON Schema of what goes in and comes out, from the pydantic schemas and the TypedDicts of the shapes."""

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from portal.web.described import Description, Streamed

Json = dict[str, Any]
WHERE = "#/components/schemas/"


class FieldErrorJson(TypedDict):
    """What is wrong with one field; `field` is a path such as `items.2.email`."""

    field: str
    message: str


class ProblemJson(TypedDict):
    """What was refused, and why (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class WrongJson(ProblemJson):
    """Values that cannot be taken, field by field."""

    errors: list[FieldErrorJson]


class Schemas:
    """The schemas of what endpoints take and answer with, each under one name."""

    def __init__(self, described: Iterable[Description]) -> None:
        told = [ProblemJson, WrongJson, *(one for each in described for one in _types(each))]
        types = list({repr(one): one for one in told}.values())
        inputs = [(repr(one), "validation", TypeAdapter(one)) for one in types]
        found, top = TypeAdapter.json_schemas(inputs, ref_template=WHERE + "{model}")  # type: ignore[arg-type]
        self._found = {name: _plain(schema) for (name, _mode), schema in found.items()}
        self.definitions: Json = {}
        for name, one in sorted(top["$defs"].items()):
            if self.definitions.setdefault(_named(name), _plain(one)) != _plain(one):
                raise RuntimeError(f"two different things are called {_named(name)}")

    def of(self, *types: Any) -> Json:
        """The schema of one of these types, by reference where it has a name."""
        told = [self._found[repr(each)] for each in types]
        return told[0] if len(told) == 1 else {"anyOf": told}


def questions(asks: Any) -> dict[str, Json]:
    """The schemas of what an address may ask, or of the fields beside a file, by name."""
    return {} if asks is None else dict(_plain(TypeAdapter(asks).json_schema())["properties"])


def _types(of: Description) -> list[Any]:
    answers = [each for each in (of.gives, of.makes, of.lists) if each not in (None, bytes, Streamed)]
    return [*of.takes, *answers]


def _named(name: str) -> str:
    return name.removesuffix("Json")


def _plain(schema: Any) -> Any:
    """Without the titles that pydantic makes of names; things under the names that people use."""
    told = re.sub(rf'"{WHERE}(\w+?)Json"', rf'"{WHERE}\1"', json.dumps(schema))
    return _untitled(json.loads(told))


def _untitled(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_untitled(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for name, value in schema.items():
        if name == "properties":
            made[name] = {field: _untitled(each) for field, each in value.items()}
        elif name != "title" and name not in ("default", "enum", "const"):
            made[name] = _untitled(value)
        elif name != "title":
            made[name] = value
    return made
