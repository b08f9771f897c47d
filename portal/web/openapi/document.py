"""The OpenAPI 3.1 document as a whole."""

from flask import Flask

from portal.web.api import Resource
from portal.web.openapi.operations import Route, operation, routes
from portal.web.openapi.schemas import Json, Schemas
from portal.web.openapi.words import HEADERS, INFO, PARAMETERS, PROBLEMS, security


def document(app: Flask) -> Json:
    """The description of every route that this app has under /api/v1."""
    told = routes(app)
    schemas = Schemas(route.told for route in told)
    paths: Json = {}
    for route in told:
        words = app.view_functions[route.rule.endpoint].__doc__ or ""
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, _tag(app, route), words, schemas)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "tags": [{"name": made.title} for made in app.blueprints.values() if isinstance(made, Resource)],
        "paths": paths,
        "components": {
            "schemas": schemas.definitions,
            "responses": {str(status): _problem(status) for status in PROBLEMS},
            "parameters": PARAMETERS,
            "headers": HEADERS,
            "securitySchemes": security(app.config["SESSION_COOKIE_NAME"]),
        },
    }


def _tag(app: Flask, route: Route) -> str:
    """What it is among: the title of the resource that brings it."""
    made = app.blueprints[route.rule.endpoint.split(".")[0]]
    return made.title if isinstance(made, Resource) else made.name


def _problem(status: int) -> Json:
    name = "Wrong" if status == 422 else "Problem"
    told: Json = {
        "description": PROBLEMS[status],
        "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{name}"}}},
    }
    if status in (429, 503):
        told["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return told
