"""One operation of the description: what it takes, and every answer that it may give."""

import re
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from portal.kernel.policy import RULES
from portal.web.described import PREFIX, Description, Streamed, description_of
from portal.web.endpoint import Guard, guard_of
from portal.web.openapi.schemas import Json, Schemas, questions

ANY: Json = {"*/*": {"schema": {"type": "string", "contentMediaType": "*/*"}}}
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
EDITS = ("PATCH", "PUT", "DELETE")


@dataclass(frozen=True)
class Route:
    """An address with one of its methods."""

    rule: Rule
    method: str
    guard: Guard
    told: Description
    editable: bool  # changes what a GET of the same address shows

    @property
    def path(self) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", self.rule.rule)

    @property
    def names(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.rule.rule)

    @property
    def scope(self) -> str:
        """The scope that a token needs for it."""
        return self.guard.scope or ("read" if self.method == "GET" else "write")


def routes(app: Flask) -> list[Route]:
    """Every route of the API, by address."""
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX + "/")]
    shown = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    found = []
    for rule in rules:
        guard, told = guard_of(app, rule.endpoint), description_of(app, rule.endpoint)
        if guard is not None and told is not None:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found.append(Route(rule, method, guard, told, method in EDITS and rule.rule in shown))
    return sorted(found, key=lambda route: (route.path, route.method))


def operation(route: Route, tag: str, words: str, schemas: Schemas) -> Json:
    """The operation object of a route; `words` say more than its summary."""
    made: Json = {
        "operationId": route.rule.endpoint.removeprefix("api_").replace(".", "_"),
        "tags": [tag],
        "summary": route.told.summary,
        "security": _security(route),
        "parameters": [*_in_path(route), *_in_query(route.told), *_in_headers(route)],
        "responses": _answers(route, schemas),
    }
    if words:
        made["description"] = " ".join(words.split())
    if content := _body(route.told, schemas):
        made["requestBody"] = {"required": True, "content": content}
    return made


def _security(route: Route) -> list[Json]:
    if route.guard.public:
        return []
    return [{"token": [route.scope]}, {"session": []} if route.method == "GET" else {"session": [], "csrf": []}]


def _in_path(route: Route) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "description": f"The id of the {name}.", "schema": {"type": "string"}}
        for name in route.names
    ]


def _in_query(told: Description) -> list[Json]:
    asked = []
    for name, schema in questions(told.asks).items():
        words = schema.pop("description", None)
        asked.append({"name": name, "in": "query", "schema": schema} | ({"description": words} if words else {}))
    return asked + ([_parameter("limit"), _parameter("cursor")] if _is_paged(told) else [])


def _in_headers(route: Route) -> list[Json]:
    if route.method == "POST" and not route.guard.public:
        return [_parameter("Idempotency-Key")]
    return [_parameter("If-Match")] if route.editable else []


def _parameter(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _is_paged(told: Description) -> bool:
    return told.lists is not None and told.paged


def _body(told: Description, schemas: Schemas) -> Json:
    if told.takes:
        return {"application/json": {"schema": schemas.of(*told.takes)}}
    if told.receives is None:
        return {}
    fields = {"file": FILE, **questions(told.receives)}
    return {"multipart/form-data": {"schema": {"type": "object", "properties": fields, "required": ["file"]}}}


def _answers(route: Route, schemas: Schemas) -> Json:
    told = route.told
    good = "201" if told.makes else "200" if told.gives or told.lists else "204"
    answers: Json = {good: _good(route, schemas)}
    if told.makes and told.gives:
        answers["200"] = {"description": "Nothing was made.", "content": {"application/json": {"schema": schemas.of(told.gives)}}}
    if told.holds:
        answers["202"] = {"description": "It waits.", "content": {"application/json": {"schema": schemas.of(told.holds)}}}
    if told.gives is bytes:
        answers |= {"206": _bytes("The range that was asked for."), "304": {"description": "Not changed since."}}
    return answers | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(_refusals(route))}


def _good(route: Route, schemas: Schemas) -> Json:
    told = route.told
    if told.gives is bytes:
        return _bytes("The bytes.")
    if told.gives is Streamed:
        return {"description": "The bytes, as they are made.", "content": ANY}
    if not (told.gives or told.makes or told.lists):
        return {"description": "Done."}
    schema = _envelope(schemas.of(told.lists)) if told.lists else schemas.of(told.makes or told.gives)
    good: Json = {"description": "Made." if told.makes else "As it is now.", "content": {"application/json": {"schema": schema}}}
    if route.method in ("GET", "PATCH", "PUT"):
        good["headers"] = {"ETag": {"$ref": "#/components/headers/ETag"}}
    return good


def _envelope(items: Json) -> Json:
    following = {"type": ["string", "null"], "description": "The cursor to go on with; null at the end."}
    return {
        "type": "object",
        "properties": {"items": {"type": "array", "items": items}, "next": following},
        "required": ["items", "next"],
    }


def _bytes(words: str) -> Json:
    headers = {"ETag": {"$ref": "#/components/headers/ETag"}}
    return {"description": words, "headers": headers, "content": ANY}


def _refusals(route: Route) -> set[int]:
    """What may be refused, as the guard, the method and the body bring it."""
    told, guard, writes = route.told, route.guard, route.method != "GET"
    verbs = [*guard.loads.values(), *([guard.verb] if guard.verb else [])]
    may_be = {401, 429, 503, *told.also}
    if (writes and not guard.public) or any(not RULES[verb].reads for verb in verbs):
        may_be.add(403)
    if route.names:
        may_be.add(404)
    if writes:
        may_be.add(400)  # without the CSRF token, or across sites
    if route.editable:
        may_be.add(412)
    if told.takes or told.receives or route.method == "POST":
        may_be.add(413)
    if told.takes:
        may_be.add(415)
    if writes or told.asks or _is_paged(told):
        may_be.add(422)  # also an act that the state of the thing does not allow
    if told.gives is bytes:
        may_be.add(416)
    return may_be
