"""The server does what its description says: a fuzzer driven by it finds no error of ours and no answer that is not described.

Every route as each of six roles, with values that the description allows and with values that it does not. The same at every run;
MAINSTAY_TEST_SCALE asks more often. Nothing stays, so that every question meets the same world.
"""

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as judges

from portal.web.api import answer
from portal.web.openapi.document import document
from tests.security import ladder
from tests.security.doors import Doors

SCALE = int(os.environ.get("MAINSTAY_TEST_SCALE", "1"))
EACH = 3 * SCALE  # questions per route, role and mode
ROLES = {"rep": "rhea", "manager": "mona", "admin": "ada", "client": "petra", "reader": "rolf", "nobody": "nobody"}
CHECKS = [
    not_a_server_error,
    judges.status_code_conformance,
    judges.content_type_conformance,
    judges.response_headers_conformance,
    judges.response_schema_conformance,
    judges.negative_data_rejection,
    judges.unsupported_method,
]
JUDGED = {"checks": {"negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 410, 412, 413, 415, 416, 422]}}}
MOMENT = "2026-11-19T09:30:00Z"
ALIKE = settings(
    max_examples=EACH,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def doors(shared: Doors) -> Doors:
    for who in ROLES.values():
        header_of(shared, who)  # signed in before nothing stays
    return shared


def sealed(described: Any) -> Any:
    """The description with nothing left open: what an answer holds beyond it is found too. Who asks is ours to say."""
    described = copy.deepcopy(described)
    for operation in (each for path in described["paths"].values() for each in path.values()):
        del operation["security"]
    for schema in described["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return described


def header_of(doors: Doors, who: str) -> dict[str, str]:
    if who == "nobody":
        return {}
    return {"Authorization": doors.client(f"bearer:{who}").environ_base["HTTP_AUTHORIZATION"]}


def operations(doors: Doors, described: Any, path: str) -> Iterator[Any]:
    schema = schemathesis.openapi.from_dict(sealed(described), config=schemathesis.Config.from_dict(JUDGED))
    schema.app = closing(doors.app)
    for found in schema.get_all_operations():
        if path in ("", found.ok().path):
            yield found.ok()


def closing(app: Any) -> Any:
    """The app with answers that are read to their end, files too."""

    def answer(environ: Any, start: Any) -> list[bytes]:
        told = app(environ, start)
        try:
            return [b"".join(told)]
        finally:
            told.close()

    return answer


def things(doors: Doors, operation: Any) -> dict[str, str]:
    """The ids of what the address names: things that are there."""
    named = ladder.ARGUMENTS | ({} if "workspace" in operation.path else {"person": "rhea"})
    return {each.name: ladder.FILLERS.get(each.name) or doors.world.ids[named[each.name]] for each in operation.path_parameters}


def faults(doors: Doors, described: Any, who: str, path: str = "") -> list[str]:
    """What a role is answered that the description does not say."""
    found = []
    for operation in operations(doors, described, path):
        for mode in GenerationMode:
            try:
                _ask(doors, operation, mode, header_of(doors, who))
            except Unsatisfiable:
                pass  # nothing in it that could be wrong
            except (Exception, BaseExceptionGroup) as error:
                found.append(f"{operation.label} {mode.value}: {error}")
    return found


def _ask(doors: Doors, operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    strategy = operation.as_strategy(generation_mode=mode, path_parameters=things(doors, operation))

    @ALIKE
    @given(case=strategy)
    def ask(case: Any) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    ask()


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_described(doors: Doors, role: str) -> None:
    with ladder.nothing_stays(doors):
        found = faults(doors, document(doors.app), ROLES[role])
    assert not found, "\n\n".join(found)


TOPIC: dict[str, Any] = dict.fromkeys(("id", "workspace", "forum", "title", "url"), "x") | {
    "kind": "question",
    "tags": [],
    "pinned": False,
    "locked": False,
    "author": {"id": "x", "name": "x"},
    "at": MOMENT,
    "accepted_post": None,
    "post_count": 1,
    "last_post_at": MOMENT,
}
PLANTED: dict[str, tuple[Callable[..., Response], str]] = {
    "a crash": (lambda **ids: answer({}, 500), "Server error"),
    "a status": (lambda **ids: answer({}, 409), "Undocumented status code"),
    "no field": (lambda **ids: answer({"id": "x"}), "is a required property"),
    "a field too many": (lambda **ids: answer(TOPIC | {"secret": "x"}), "Additional properties are not allowed"),
    "no number": (lambda **ids: answer(TOPIC | {"post_count": "many"}), "is not of type"),
    "no ETag": (lambda **ids: answer(TOPIC), "ETag"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_the_judge_finds_what_is_planted(doors: Doors, monkeypatch: pytest.MonkeyPatch, planted: str) -> None:
    path = "/api/v1/topics/{topic}"
    described = document(doors.app)
    described["paths"] = {path: {"get": described["paths"][path]["get"]}}
    with ladder.nothing_stays(doors):
        assert faults(doors, described, "rhea", path) == []
        view, words = PLANTED[planted]
        monkeypatch.setitem(doors.app.view_functions, "api_forums.show_topic", view)
        found = faults(doors, described, "rhea", path)
    assert words in "".join(found)


def test_wrong_values_that_are_taken_are_found(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/api/v1/forums/{forum}/topics"
    described = document(doors.app)
    described["paths"] = {path: {"post": described["paths"][path]["post"]}}
    with ladder.nothing_stays(doors):
        assert faults(doors, described, "rhea", path) == []
        monkeypatch.setitem(doors.app.view_functions, "api_forums.start_topic", lambda **ids: answer(TOPIC, 201))
        found = faults(doors, described, "rhea", path)
    assert "Schema-violating request accepted" in "".join(found)
