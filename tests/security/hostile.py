"""Bad input for every route: which fields a route asks for is learnt by asking, and each is sent what nobody should send."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.test import TestResponse

from portal.kernel import schemas
from portal.web.endpoint import guard_of
from portal.web.receiving import Request
from tests.security import ladder
from tests.security.doors import Doors
from tests.security.ladder import Call

PEOPLE = ("rhea", "petra", "mark", "mona", "ada", "nobody")
LONG = "x" * 150_000
DEEP = 1000

# What a person would send in a field of this name; what is not named here gets WORDS. One bad field is tried among good ones.
WORDS = "Something sensible"
GOOD: dict[str, Any] = {
    "email": "somebody@calder.example",
    "role": "member",
    "kind": "call",
    "audience": "everyone",
    "theme": "dark",
    "timezone": "Europe/Berlin",
    "at": "2026-11-01T10:00:00Z",
    "name": "A sensible name",
    "roles": ["rep"],
    "domains": ["calder.example"],
    "tags": ["water"],
    "scope": "read",
    "code": "123456",
    "how": "follow",
    "to": "nora@tidewell.example",
    "due": "2026-12-01",
}

TEXTS = (
    "",
    " \t\n ",
    "\0",
    "a\0b\x1b[31mc\x7f",
    "\u202egnp.exe\u2066",
    "../../../etc/passwd",
    "..\\..\\con",
    "-1",
    "0",
    "1e400",
    "NaN",
    "9" * 400,
    "\u0663\u0663",
    "2026-13-45",
    "0001-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31",
    "//[",
    "/\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "%s%n%(x)s{0}{{7*7}}${7*7}",
    "'; DROP TABLE post; --",
    '"><script>alert(1)</script>',
    "\ufffe\uffff\U0010ffff",
    "e\u0301" * 200,
    "a" * 300,
    "a AND (" * 150,
    "* OR ~ ^ [x TO y] \"unclosed 'q",
    "0" * 22,
    LONG,
)
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, -(10**30), 1.5, 1e308, [], {}, [[]], [None], [{}], {"a": {"b": []}}, {"group": "x"},
    {"group": None}, ["x"] * 5000, [0], {"kind": "post", "id": 7}, [LONG],
)  # fmt: skip
RAW: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "application/json"),
    ("no object", b"[]", "application/json"),
    ("cut off", b'{"a": ', "application/json"),
    ("deep", b"[" * DEEP + b"]" * DEEP, "application/json"),
    ("deep objects", b'{"a":' * 100_000, "application/json"),
    ("deep in items", b'{"items":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json"),
    ("twins", b'{"title": "a", "title": "b"}', "application/json"),
    ("not a number", b'{"title": NaN, "body": Infinity}', "application/json"),
    ("too big a number", b'{"title": 1e400, "body": ' + b"9" * 5000 + b"}", "application/json"),
    ("half a pair", b'{"title": "\\ud800", "body": "\\udfff"}', "application/json"),
    ("half a pair as a key", b'{"\\ud800": 1}', "application/json"),
    ("no UTF-8", b'{"title": "\xff\xfe"}', "application/json"),
    ("UTF-16", '{"title": "a", "body": "b"}'.encode("utf-16"), "application/json"),
    ("a charset that is none", b'{"title": "a"}', "application/json; charset=nonsense"),
    ("a type that is none", b'{"title": "a"}', "application/json; =;;"),
    ("text", b'{"title": "a"}', "text/plain"),
    ("XML", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "application/xml"),
    ("parts without a boundary", b"--x\r\n\r\n", "multipart/form-data"),
    ("parts cut off", b'--x\r\nContent-Disposition: form-data; name="title"', "multipart/form-data; boundary=x"),
    ("a part without a name", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ("a part of a nonsense charset", b'--x\r\nContent-Disposition: form-data; name="title"\r\nContent-Type: text/plain; '
     b"charset=nonsense\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    ("thousands of parts", b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\na\r\n' * 3000 + b"--x--\r\n",
     "multipart/form-data; boundary=x"),
    ("thousands of fields", b"&".join(b"title=%d" % n for n in range(5000)), "application/x-www-form-urlencoded"),
    ("odd escapes", b"title=%&body=%zz%ff%fe&%00=%00&=&&&", "application/x-www-form-urlencoded"),
    ("ten megabytes", b"x" * 10_000_000, "application/json"),
    ("ten megabytes of a form", b"body=" + b"x" * 10_000_000, "application/x-www-form-urlencoded"),
)  # fmt: skip


class Noting(ImmutableMultiDict[str, str]):
    """Fields that tell which names were asked for."""

    asked: set[str] = set()  # by the request under way

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        self.asked.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any) -> Any:
        self.asked.add(key)
        return super().getlist(key, *rest)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


class Listening(Request):
    """A request whose form and address tell which names were asked for."""

    parameter_storage_class = Noting

    @property
    def args(self) -> Any:
        return Noting(super().args.items(multi=True))


@contextmanager
def listening(doors: Doors) -> Iterator[None]:
    """Within the block `names` can be learnt."""
    with pytest.MonkeyPatch.context() as patch:
        kept = schemas._read

        def read(schema: Any, *rest: Any, **more: Any) -> Any:
            Noting.asked |= set(schema.model_fields)
            return kept(schema, *rest, **more)

        patch.setattr(doors.app, "request_class", Listening)
        patch.setattr(schemas, "_read", read)
        yield


def calls(doors: Doors, unsafe: bool) -> list[Call]:
    """Every route by every method that writes, or that reads."""
    found = []
    for rule in doors.app.url_map.iter_rules():
        guard = guard_of(doors.app, rule.endpoint)
        if guard is not None and rule.endpoint != "static_file":
            wanted = sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}) if unsafe else ["GET"] * ("GET" in (rule.methods or ()))
            found += [Call(rule, method, guard) for method in wanted]
    return sorted(found, key=str)


def ids_for(doors: Doors, call: Call) -> dict[str, str]:
    """The things of the address; a secret that opens nothing for what takes one."""
    if call.guard.loads or "person" in call.rule.arguments:
        return ladder.ids_for(doors, call, "room")
    return dict.fromkeys(call.rule.arguments, "A" * 43)


def sender(doors: Doors, call: Call) -> str:
    """Who of the cast may do this; nobody for what is public."""
    if call.guard.public:
        return "nobody"
    for who in PEOPLE:
        told = send(doors, who, call, form={})
        if told.status_code not in (401, 403, 404) and not told.headers.get("Location", "").startswith("/sign-in"):
            return who
    return PEOPLE[0]


def send(
    doors: Doors,
    who: str,
    call: Call,
    *,
    form: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
    raw: tuple[bytes, str] | None = None,
) -> TestResponse:
    """Ask; `form` are the fields, as JSON under /api; `raw` a body with its type."""
    client, address = doors.client(who), ladder.address_of(call, ids_for(doors, call))
    headers = {"X-CSRFToken": doors.csrf(who)}
    more: dict[str, Any] = {"query_string": query} if query else {}
    if raw is not None:
        more |= {"data": raw[0], "content_type": raw[1]}
    elif form is not None and call.rule.rule.startswith("/api/"):
        more |= {"data": json.dumps(form, default=str), "content_type": "application/json"}
    elif form is not None:
        more |= {"data": {name: _typed(value) for name, value in form.items()}}
    told = client.open(address, method=call.method, headers=headers, **more)
    told.get_data()
    told.close()
    return told


def names(doors: Doors, who: str, call: Call, **sent: Any) -> list[str]:
    """The fields that this route asks for."""
    Noting.asked.clear()
    send(doors, who, call, **sent)
    return sorted(Noting.asked - {"csrf_token", "idempotency_key"})


def good(fields: list[str]) -> dict[str, Any]:
    return {name: GOOD.get(name, WORDS) for name in fields}


def _typed(value: Any) -> Any:
    """As a form carries it: text, once or several times."""
    if isinstance(value, list):
        return [each if isinstance(each, str) else json.dumps(each) for each in value]
    return value if isinstance(value, str) else json.dumps(value)
